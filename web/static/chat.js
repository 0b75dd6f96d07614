// Makes the chat quicker than pages can: sends without leaving, shows news as it comes, and keeps
// what was typed until it has arrived. Everything it does works without it, too, only slower.
"use strict";

(() => {
  const lines = document.getElementById("lines");
  const talk = document.getElementById("talk");
  const form = document.getElementById("write");
  const words = document.getElementById("words");
  const note = document.getElementById("note");
  const lost = document.getElementById("lost");
  const offlineHelp = document.getElementById("offline-help");
  const waiting = document.getElementById("waiting");
  const phrases = document.getElementById("phrases").dataset;

  const DRAFT = "draft";
  const QUEUE = "queue";
  const URGENT = "urgent";
  const HELP = "m:help";
  const AT_ONCE = 1200; // after so long help is not at once any more: the numbers show
  const MOST_LETTERS = 4000;
  const FIRST_REST = 800;
  const LONGEST_REST = 8000;
  const FOLLOW = 4000; // for so long after a tap the focus goes along to what we reply

  let cursor = lines.dataset.cursor;
  // Help has a line of its own: nothing that cannot be sent stands before it.
  const calm = { name: QUEUE, items: readStored(QUEUE, []), sending: false };
  const urgent = { name: URGENT, items: readStored(URGENT, []), sending: false };
  let followUntil = 0;
  let leaving = false;

  // --- what is kept in this tab until it has arrived ------------------------------------------

  function readStored(name, otherwise) {
    try {
      return JSON.parse(sessionStorage.getItem(name)) ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  function store(name, value) {
    try {
      sessionStorage.setItem(name, JSON.stringify(value));
    } catch {
      // A browser without storage keeps it for as long as the page is open.
    }
  }

  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // --- showing lines ----------------------------------------------------------------------------

  function showLines(fresh) {
    const wasAtEnd = talk.scrollTop > -60;
    let firstNew = null;
    for (const line of fresh) {
      const known = document.getElementById(`line-${line.id}`);
      if (known && known.dataset.version === line.version) continue;
      const made = new DOMParser().parseFromString(line.html, "text/html").querySelector("li");
      if (known) {
        const heldFocus = known.contains(document.activeElement);
        known.replaceWith(made);
        if (heldFocus) made.querySelector(".bubble").focus({ preventScroll: true });
        continue;
      }
      made.classList.add("fresh");
      place(made, line.id);
      if (made.classList.contains("own")) waitingWith(made)?.remove(); // it came before the reply did
      if (line.ours && !firstNew) firstNew = made;
    }
    if (!firstNew) return;
    const following = performance.now() < followUntil && document.activeElement !== words;
    if (following) lastOfOurs().querySelector(".bubble").focus({ preventScroll: true });
    if (wasAtEnd || following) reveal(firstNew);
  }

  // Lines stand in the order of their numbers; what still waits to be sent stays below them.
  function place(made, id) {
    const after = [...lines.children].find((each) => {
      const own = each.dataset.line;
      return each.classList.contains("waiting") || (own && (own.length - id.length || (own > id ? 1 : -1)) > 0);
    });
    lines.insertBefore(made, after ?? null);
  }

  function lastOfOurs() {
    const ours = lines.querySelectorAll(".ours");
    return ours[ours.length - 1] ?? null;
  }

  // The newest message shows whole where it fits, its buttons first of all; else from its top.
  function reveal(line) {
    const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    const behavior = smooth ? "smooth" : "auto";
    const newest = line.classList.contains("own") ? line : lastOfOurs() ?? line;
    const below = lines.getBoundingClientRect().bottom - newest.getBoundingClientRect().top;
    if (below > talk.clientHeight) newest.scrollIntoView({ block: "start", behavior });
    else talk.scrollTo({ top: 0, behavior });
  }

  // --- sending ------------------------------------------------------------------------------------

  function enqueue(item) {
    const line = item.d === HELP ? urgent : calm;
    line.items.push(item);
    store(line.name, line.items);
    void sendAll(line);
  }

  async function sendAll(line) {
    if (line.sending) return;
    line.sending = true;
    let rest = FIRST_REST;
    while (line.items.length && !leaving) {
      const item = line.items[0];
      mark(item, "sending");
      const outcome = line === urgent ? await callForHelp(item) : await send(item);
      if (outcome === "again") {
        mark(item, "kept");
        await pause(rest);
        rest = Math.min(LONGEST_REST, rest * 2);
        continue;
      }
      rest = FIRST_REST;
      line.items.shift();
      store(line.name, line.items);
      settle(item, outcome);
    }
    line.sending = false;
  }

  // Whom to call shows wherever help is not answered at once, and stays until it is.
  async function callForHelp(item) {
    const soon = setTimeout(showNumbers, AT_ONCE);
    const outcome = await send(item);
    clearTimeout(soon);
    if (outcome === "done") offlineHelp.hidden = true;
    else showNumbers();
    return outcome;
  }

  function showNumbers() {
    offlineHelp.hidden = false;
  }

  async function send(item) {
    const body = new URLSearchParams({ c: item.c });
    if (item.kind === "say") body.set("text", item.text);
    else {
      body.set("d", item.d);
      body.set("m", item.m);
    }
    let answer;
    try {
      answer = await fetch(`/chat/${item.kind}`, {
        method: "POST",
        body,
        headers: { accept: "application/json" },
        signal: AbortSignal.timeout(15000),
      });
    } catch {
      setLost(true);
      return "again";
    }
    setLost(false);
    if (answer.status >= 500 || answer.status === 429) return "again";
    if (answer.status === 401) {
      location.assign(item.d === HELP ? "/help" : "/join");
      return "again";
    }
    const told = await answer.json().catch(() => ({}));
    return answer.ok ? told.state ?? "done" : { refused: told.message ?? phrases.trouble };
  }

  // After an answer: what has arrived is shown by the chat itself, what was refused goes back.
  function settle(item, outcome) {
    const bubble = item.kind === "say" ? waitingBubble(item.c) : null;
    if (outcome.refused) {
      note.textContent = outcome.refused;
      bubble?.remove();
      release(item);
      if (item.kind === "say" && !words.value) {
        words.value = item.text;
        keepDraft();
      }
    } else if (outcome === "later") {
      mark(item, "sent");
    } else {
      news(0).catch(() => {}).finally(() => bubble?.remove());
    }
    setTimeout(() => release(item), 700);
  }

  function pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(done, milliseconds);
      function done() {
        clearTimeout(timer);
        removeEventListener("online", done);
        removeEventListener("starling-again", done);
        resolve();
      }
      addEventListener("online", done);
      addEventListener("starling-again", done);
    });
  }

  // --- what waits, and what was tapped --------------------------------------------------------

  function waitingBubble(id) {
    return lines.querySelector(`[data-waiting="${id}"]`);
  }

  function waitingWith(line) {
    const text = line.querySelector(".text")?.textContent;
    return [...lines.querySelectorAll(".waiting")].find((each) => each.querySelector(".text").textContent === text);
  }

  function showWaiting(item) {
    const made = waiting.content.firstElementChild.cloneNode(true);
    made.dataset.waiting = item.c;
    made.querySelector(".text").textContent = item.text;
    made.querySelector(".again").addEventListener("click", () => dispatchEvent(new Event("starling-again")));
    lines.append(made);
    reveal(made);
  }

  function mark(item, state) {
    const bubble = item.kind === "say" ? waitingBubble(item.c) : null;
    if (!bubble) return;
    const told = bubble.querySelector(".state");
    if (told.textContent !== told.dataset[state]) told.textContent = told.dataset[state];
    bubble.querySelector(".again").hidden = state !== "kept";
  }

  function release(item) {
    if (item.kind !== "tap" || !item.m) return;
    const answers = document.querySelector(`#line-${item.m} .answers`);
    answers?.removeAttribute("aria-busy");
    answers?.querySelector(".tapped")?.classList.remove("tapped");
  }

  function tap(event, button) {
    event.preventDefault();
    const answers = button.form;
    if (answers.getAttribute("aria-busy") === "true") return;
    const m = answers.elements.m?.value ?? "";
    if (m) {
      answers.setAttribute("aria-busy", "true");
      button.classList.add("tapped");
    }
    if (button.value === HELP && !lost.hidden) showNumbers();
    followUntil = performance.now() + FOLLOW;
    note.textContent = "";
    enqueue({ kind: "tap", c: newId(), d: button.value, m });
  }

  function say(event) {
    event.preventDefault();
    const text = words.value;
    if (!text.trim()) {
      note.textContent = phrases.empty;
    } else if (text.length > MOST_LETTERS) {
      note.textContent = phrases.long;
    } else {
      const item = { kind: "say", c: newId(), text };
      showWaiting(item);
      enqueue(item);
      words.value = "";
      note.textContent = "";
      keepDraft();
    }
    words.focus({ preventScroll: true });
  }

  function keepDraft() {
    store(DRAFT, words.value);
    words.style.height = "auto";
    words.style.height = `${Math.min(words.scrollHeight + 3, 128)}px`;
  }

  // --- news -----------------------------------------------------------------------------------

  async function news(wait) {
    const answer = await fetch(`/chat/news?after=${encodeURIComponent(cursor)}&wait=${wait}`, {
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(40000),
    });
    if (answer.status === 401) {
      location.assign("/join");
      throw new Error("not known");
    }
    if (!answer.ok) throw new Error("away");
    const told = await answer.json();
    cursor = told.cursor;
    showLines(told.lines);
  }

  async function listen() {
    let rest = FIRST_REST;
    while (!leaving) {
      try {
        await news(1);
        setLost(false);
        rest = FIRST_REST;
      } catch {
        if (leaving) return;
        setLost(true);
        await pause(rest);
        rest = Math.min(LONGEST_REST, rest * 2);
      }
    }
  }

  function setLost(isLost) {
    if (lost.hidden !== isLost) return;
    lost.hidden = !isLost;
    note.textContent = isLost ? "" : phrases.back;
    if (!isLost) {
      if (!urgent.items.length) offlineHelp.hidden = true;
      setTimeout(() => (note.textContent === phrases.back) && (note.textContent = ""), 3000);
    }
  }

  // --- leaving in a hurry ----------------------------------------------------------------------

  function leave(event) {
    event?.preventDefault();
    leaving = true;
    try {
      sessionStorage.clear();
    } catch {
      // Nothing was kept.
    }
    document.title = "";
    document.body.hidden = true;
    location.replace(document.getElementById("leave").href);
  }

  // Escape twice, or Shift three times as on other public pages: both can be found in a fright.
  const LEAVE_KEYS = { Escape: 2, Shift: 3 };
  let presses = { key: "", at: [] };
  function watchKeys(event) {
    if (event.key === "Tab") followUntil = 0; // somebody goes their own way
    if (event.repeat) return;
    const recent = event.key === presses.key ? presses.at.filter((at) => event.timeStamp - at < 1500) : [];
    presses = { key: event.key, at: [...recent, event.timeStamp] };
    if (presses.at.length >= (LEAVE_KEYS[event.key] ?? Infinity)) leave();
  }

  // --- begin -----------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=d]");
    if (button) tap(event, button);
    else if (event.target.closest("#leave")) leave(event);
  });
  document.addEventListener("keydown", watchKeys);
  form.addEventListener("submit", say);
  words.addEventListener("input", keepDraft);
  words.addEventListener("keydown", (event) => {
    const plain = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (plain && matchMedia("(pointer: fine)").matches) say(event);
  });
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  words.value = words.value || readStored(DRAFT, "");
  keepDraft();
  for (const item of calm.items) if (item.kind === "say") showWaiting(item);
  const newest = lastOfOurs();
  if (newest) reveal(newest);
  if (urgent.items.length) showNumbers();
  void sendAll(urgent);
  void sendAll(calm);
  void listen();
})();
