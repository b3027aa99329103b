// The chat page: shows what the bot says, takes what the person says; `wire.js` carries both.
// The person's own words stay in this tab (sessionStorage), until it is closed or the talk is erased.

import { shown, smaller } from "/static/chat-files.js";
import { quickExit } from "/static/chat-leave.js";
import { wire } from "/static/wire.js";

const SHARE_LOCATION = "share-location";
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;
const TYPING = 20000; // milliseconds after which the bot is no longer awaited

const [log, form, field, notice, typing, file] = ["log", "form", "field", "notice", "typing", "file"].map((id) =>
  document.getElementById(id),
);
const words = JSON.parse(document.getElementById("words").textContent);
const page = new URL(location.href);
const seat = document.body.dataset.seat;
const store = `passerelle ${seat}`;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

let language = document.documentElement.lang;
let last = 0; // the number of the bot's latest message here
let own = stored(); // what the person said: {id, after, label, time, body, failed}; body until it is sent
let following = true; // the person has not scrolled since their latest message
let trouble = ""; // which word the notice shows
let typingEnds = 0;

const talk = { last: () => last, next: () => own.find((item) => item.body), takeUp, hear, forget, settled, trouble: tell };
const line = wire(seat, page.searchParams.get("lang") || navigator.language, talk);

// What is kept in this tab

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(store)) || [];
  } catch {
    return [];
  }
}

function keep(items) {
  own = items;
  try {
    sessionStorage.setItem(store, JSON.stringify(own));
  } catch {
    // Storage is full or forbidden: the talk lives as long as the page.
  }
}

// The page's own words

const say = (key) => words[language][key];

function speak(code) {
  if (!words[code] || code === language) return;
  language = code;
  document.documentElement.lang = code;
  document.documentElement.dir = say("dir");
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", say(element.dataset.label));
  }
  field.placeholder = say("placeholder");
  turnField();
  tell(trouble);
}

function turnField() {
  field.dir = field.value ? "auto" : say("dir");
}

function tell(key) {
  trouble = key;
  notice.textContent = key ? say(key) : "";
}

function showTyping(shown) {
  clearTimeout(typingEnds);
  typing.hidden = !shown;
  if (shown) typingEnds = setTimeout(showTyping, TYPING, false);
}

// Messages

function make(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function frame(className, code, direction, who, time) {
  const message = make("div", `message ${className}`);
  message.lang = code;
  message.dir = direction;
  const hour = { hour: "2-digit", minute: "2-digit", hour12: false };
  const clock = make("time", "", new Date(time).toLocaleTimeString(`${code}-u-nu-latn`, hour));
  clock.dateTime = time;
  message.append(make("span", "unseen", `${who}: `), make("div", "words"), clock);
  return message;
}

function link(href, text, className) {
  const anchor = make("a", className, text);
  anchor.href = href;
  if (!href.startsWith("tel:")) {
    anchor.target = "_blank";
    anchor.rel = "noopener noreferrer";
  }
  return anchor;
}

function run(span) {
  let element = span.href ? link(span.href, span.text) : document.createTextNode(span.text);
  for (const name of [span.bold && "strong", span.italic && "em"].filter(Boolean)) {
    const outer = make(name);
    outer.append(element);
    element = outer;
  }
  return element;
}

// A reply's lines, each with its direction: one wholly in the other direction's letters stands in that one.
function lines(spans, direction) {
  const found = [make("p")];
  for (const span of spans) {
    span.text.split("\n").forEach((text, at) => {
      if (at) found.push(make("p"));
      if (text) found[found.length - 1].append(run({ ...span, text }));
    });
  }
  for (const element of found) element.dir = lineDirection(element.textContent, direction);
  return found;
}

function lineDirection(text, usual) {
  const bare = text.replace(/\u2068[^\u2069]*\u2069/g, "");
  const leftward = RIGHT_TO_LEFT.test(bare);
  const rightward = /\p{L}/u.test(bare.replace(new RegExp(RIGHT_TO_LEFT, "gu"), ""));
  if (leftward === rightward) return usual;
  return leftward ? "rtl" : "ltr";
}

function choice(button) {
  if (button.url) return link(button.url, button.label, "choice");
  const element = make("button", "choice", button.label);
  element.type = "button";
  let pressedAt = -Infinity;
  element.addEventListener("click", (event) => {
    if (event.timeStamp - pressedAt < 700) return; // a trembling hand
    pressedAt = event.timeStamp;
    element.classList.add("chosen");
    if (button.data === SHARE_LOCATION) share(button.label);
    else add(button.label, { kind: "choice", text: button.data });
  });
  return element;
}

function choices(rows) {
  const canShare = navigator.geolocation && isSecureContext;
  const box = make("div", "choices");
  for (const buttons of rows) {
    const row = make("div", "row");
    row.append(...buttons.filter((button) => canShare || button.data !== SHARE_LOCATION).map(choice));
    if (row.childElementCount) box.append(row);
  }
  return box;
}

function showBot(message) {
  const element = frame("bot", message.language, message.direction, say("robot"), message.time);
  element.querySelector(".words").append(...lines(message.spans, message.direction));
  if (message.file) {
    const address = line.path(`/chat/files/${message.id}`);
    element.querySelector(".words").append(shown(message.file, address, say(message.file.shown || "file")));
  }
  const buttons = choices(message.buttons);
  if (buttons.childElementCount) element.append(buttons);
  log.append(element);
}

function showOwn(item) {
  if (!item.label) return;
  for (const element of log.querySelectorAll(".bot")) element.classList.add("old");
  const element = frame("own", language, say("dir"), say("you"), item.time);
  element.id = `own-${item.id}`;
  const text = element.querySelector(".words");
  text.dir = "auto";
  text.textContent = item.label;
  log.append(element);
  mark(item);
}

function mark(item) {
  const element = document.getElementById(`own-${item.id}`);
  if (!element) return;
  element.classList.toggle("waiting", Boolean(item.body));
  if (item.failed) element.append(make("p", "failed", say("failed")));
}

// The person's latest message stays in sight, and what follows it is read from its beginning.
function scroll() {
  if (!following) return;
  const mine = [...log.querySelectorAll(".own")].pop();
  log.scrollTo({ top: mine ? mine.offsetTop - 12 : 0, behavior: calm.matches ? "auto" : "smooth" });
}

// What the wire brings

function hear(message) {
  if (message.id <= last) return;
  last = message.id;
  speak(message.language);
  showTyping(false);
  showBot(message);
  scroll();
}

function forget() {
  last = 0;
  keep(own.filter((item) => item.body));
  log.replaceChildren();
  own.forEach(showOwn);
}

function takeUp(news) {
  const known = new Set(news.messages.map((message) => message.id));
  if (last && known.has(last)) return news.messages.forEach(hear);
  last = 0;
  log.replaceChildren();
  log.setAttribute("aria-live", "off"); // a reloaded talk is not read aloud again
  keep(own.filter((item) => item.body || known.has(item.after)));
  const mine = [...own];
  for (const message of news.messages) {
    while (mine.length && mine[0].after < message.id) showOwn(mine.shift());
    hear(message);
  }
  mine.forEach(showOwn);
  setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
  const territory = page.searchParams.get("territory");
  const link = page.searchParams.get("start") ?? (territory && `t-${territory}`);
  if (link !== null || (!known.size && !own.length)) begin(link || "");
  scroll();
}

function begin(payload) {
  page.searchParams.delete("start"); // a link is used once
  page.searchParams.delete("territory");
  if (seat) page.searchParams.set("seat", seat);
  history.replaceState(null, "", page);
  add("", { kind: "start", text: payload });
}

function settled(item, ok) {
  delete item.body;
  item.failed = !ok;
  keep(own.filter((one) => one.label || one.body));
  mark(item);
  if (ok && item.after === last) showTyping(true);
}

// What the person does

function said(label, body) {
  const bytes = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0"));
  return { id: bytes.join(""), after: last, label, time: new Date().toISOString(), body };
}

function show(item) {
  following = true;
  showOwn(item);
  scroll();
}

function add(label, body) {
  const item = said(label, body);
  keep([...own, item]);
  show(item);
  line.flush();
}

// A file is not kept in the tab: it leaves now, or the person sends it again.
async function give(chosen) {
  const item = said(`${say("file")}: ${chosen.name}`, "file");
  show(item);
  const status = await line.give(item.id, chosen.name, await smaller(chosen)).catch(() => 0);
  keep([...own, item]);
  settled(item, status === 204);
  if (status !== 204) tell({ 0: "offline", 429: "busy" }[status] ?? "untaken");
}

// A position leaves the browser rounded to about a hundred metres.
function share(label) {
  const rounded = (degrees) => Math.round(degrees * 1000) / 1000;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => add(label, { kind: "location", position: [rounded(coords.latitude), rounded(coords.longitude)] }),
    () => tell("lost"),
    { timeout: 15000, maximumAge: 300000 },
  );
}

document.getElementById("attach").addEventListener("click", () => file.click());
file.addEventListener("change", () => {
  for (const chosen of file.files) give(chosen);
  file.value = "";
});

quickExit(document.getElementById("leave"), document.body.dataset.away, () => {
  navigator.sendBeacon(line.path("/chat/leave"));
  keep([]);
  sessionStorage.removeItem(store);
  document.title = "";
  document.body.replaceChildren();
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  field.focus();
  if (!text) return;
  field.value = "";
  turnField();
  add(text, { kind: "text", text });
});

field.addEventListener("input", turnField);
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

for (const name of ["wheel", "touchmove", "keydown"]) {
  log.addEventListener(name, () => { following = false; }, { passive: true });
}

turnField();
line.begin();
