// Tests with a time limit: a run ends, and names the test that hangs. No assertion depends on the limit.
import { test as unbounded } from 'node:test';

const LIMIT = 120_000;

export const test = (name, body) => unbounded(name, { timeout: LIMIT }, body);
