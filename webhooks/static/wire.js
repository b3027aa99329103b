// The wire between the page and the bot: what is said leaves once and in order, what is heard arrives once.
// It survives a lost network, a restarted server, a lost cookie and proxies that hold streams back.

const PATIENCE = 15000; // milliseconds for an answer
const AGAIN = 3000; // until the next try
const STREAM_PATIENCE = 8000; // for the first sign of a stream
const FILE_PATIENCE = 90000; // a slow network and a whole file
const ASK_EVERY = 2000; // where streams do not pass

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const inTime = () => AbortSignal.timeout(PATIENCE);

/**
 * @param seat which of this browser's talks
 * @param language what the browser speaks
 * @param talk {last(), next(), takeUp(news), hear(message), forget(), settled(item, ok), trouble(word)}
 */
export function wire(seat, language, talk) {
  let opening = null; // one at a time, or two talks would begin
  let opened = false;
  let sending = false;
  let wake = () => {};

  function path(name, values = {}) {
    const query = new URLSearchParams(seat ? { seat, ...values } : values).toString();
    return query ? `${name}?${query}` : name;
  }

  function open() {
    opening ??= takeUp().finally(() => { opening = null; });
    return opening;
  }

  async function takeUp() {
    const answer = await fetch(path("/chat/open"), { method: "POST", signal: inTime() });
    if (!answer.ok) throw new Error("not open");
    const news = await answer.json();
    opened = true;
    talk.takeUp(news);
  }

  function online() {
    talk.trouble("");
    wake();
  }

  function listen() {
    const source = new EventSource(path("/chat/events", { after: talk.last() }));
    const heldBack = setTimeout(() => {
      source.close();
      follow();
    }, STREAM_PATIENCE);
    source.addEventListener("ready", () => {
      clearTimeout(heldBack);
      online();
    });
    source.addEventListener("erased", talk.forget);
    source.addEventListener("message", (event) => talk.hear(JSON.parse(event.data)));
    source.addEventListener("error", async () => {
      clearTimeout(heldBack);
      if (source.readyState === EventSource.CLOSED) setTimeout(begin, AGAIN);
      await pause(AGAIN);
      if (source.readyState !== EventSource.OPEN) talk.trouble("offline");
    });
  }

  async function follow() {
    for (;;) {
      try {
        const answer = await fetch(path("/chat/messages", { after: talk.last() }), { signal: inTime() });
        if (answer.status === 401) await open();
        if (answer.ok) {
          const news = await answer.json();
          if (news.erased) talk.forget();
          news.messages.forEach(talk.hear);
          online();
        }
      } catch {
        talk.trouble("offline");
      }
      await pause(ASK_EVERY);
    }
  }

  async function begin() {
    try {
      await open();
    } catch {
      talk.trouble("offline");
      setTimeout(begin, AGAIN);
      return;
    }
    flush();
    listen();
  }

  async function flush() {
    if (sending || !opened) return;
    sending = true;
    for (let item = talk.next(); item; item = talk.next()) {
      const wait = await post(item);
      if (wait) await Promise.race([pause(wait), new Promise((done) => { wake = done; })]);
    }
    sending = false;
  }

  // Send one message; 0 when that is settled, else the milliseconds until the next try.
  async function post(item) {
    const body = JSON.stringify({ id: item.id, language, ...item.body });
    const headers = { "Content-Type": "application/json" };
    try {
      const answer = await fetch(path("/chat"), { method: "POST", headers, body, signal: inTime() });
      if (answer.status === 401) {
        await open();
        return 100;
      }
      if (answer.status === 429) {
        talk.trouble("busy");
        return 1000 * (Number(answer.headers.get("Retry-After")) || 3);
      }
      if (answer.status >= 500) throw new Error("out of order");
      talk.trouble("");
      talk.settled(item, answer.ok);
      return 0;
    } catch {
      talk.trouble("offline");
      return AGAIN;
    }
  }

  // Send a file at once; give the status of the answer.
  async function give(id, name, file) {
    const request = () => ({ method: "POST", body: file, signal: AbortSignal.timeout(FILE_PATIENCE) });
    const address = path("/chat/files", { id, name, language });
    let answer = await fetch(address, request());
    if (answer.status === 401) {
      await open();
      answer = await fetch(address, request());
    }
    return answer.status;
  }

  addEventListener("offline", () => talk.trouble("offline"));
  addEventListener("online", online);
  return { begin, flush, give, path };
}
