// Creates tokens as the login of an application would.
import { createHmac } from 'node:crypto';

export const SECRET = 'a secret of the tests, 32 bytes or more';

/** A token for a user, signed with SECRET (HS256). It expires after a minute unless the claims say otherwise. */
export function token(sub, claims = {}) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = { sub, exp: Math.floor(Date.now() / 1000) + 60, ...claims };
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`;
  return `${body}.${createHmac('sha256', SECRET).update(body).digest('base64url')}`;
}
