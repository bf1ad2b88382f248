// The dashboard works without this file. It adds live numbers, the confirmation as a dialog, and copy buttons.
"use strict";

// Live numbers ------------------------------------------------------------------------------------------------------

const announceEvery = 10_000;
const campaignsEvery = 2_000;
const scenariosEvery = 5_000;
const longestRetry = 60_000;

/** Shows one usage object, as the server sends it, in the element that has the account's data attributes. */
function show(usage, root) {
    if (usage.period !== undefined && usage.period !== root.dataset.period) return renew();
    root.dataset.state = usage.state;
    for (const element of root.querySelectorAll("[data-live]")) put(element, usage[element.dataset.live]);
    const over = usage.limit !== null && usage.used > usage.limit;
    const share = usage.limit === null ? 0 : usage.limit === 0 ? 100 : Math.min(100, (usage.used * 100) / usage.limit);
    root.querySelector("[data-live-fill]")?.setAttribute("width", `${share}%`);
    root.querySelector("[data-live-mark]")?.setAttribute("x", over ? `${(usage.limit * 100) / usage.used}%` : "100%");
}

function put(element, text) {
    if (text !== undefined && text !== null && element.textContent !== String(text)) element.textContent = text;
}

/** A page that was left open over the end of its period starts again with the new one. */
function renew() {
    if (performance.now() > 60_000) location.reload();
}

/** Reads server-sent events for as long as the page is looked at, and says whether they come. */
function follow(url, event, receive) {
    const status = document.querySelector("[data-live-status]");
    let source = null;
    let retry = 0;
    let timer = 0;

    function tell(state, text) {
        if (!status) return;
        status.hidden = false;
        status.dataset.liveStatus = state;
        put(status, text);
    }

    function open() {
        clearTimeout(timer);
        source?.close();
        source = new EventSource(url);
        source.onopen = () => {
            retry = 0;
            tell("live", "live");
        };
        source.onerror = () => {
            const isRetrying = source.readyState === EventSource.CONNECTING && navigator.onLine;
            if (isRetrying) return tell("reconnecting", "reconnecting");
            tell("offline", "offline");
            source.close();
            retry = Math.min(longestRetry, Math.max(2_000, retry * 2));
            timer = setTimeout(open, retry);
        };
        source.addEventListener(event, (message) => receive(JSON.parse(message.data)));
    }

    function close() {
        clearTimeout(timer);
        source?.close();
        source = null;
    }

    // A browser allows few connections to one server: tabs in the background give theirs back.
    document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
    window.addEventListener("pagehide", close);
    window.addEventListener("pageshow", (shown) => shown.persisted && open());
    window.addEventListener("online", open);
    if (!document.hidden) open();
}

function followAccount(root) {
    const announcement = root.querySelector("[data-live-announcement]");
    const title = document.title;
    let latest = null;
    let timer = 0;
    let last = -announceEvery;
    let shown = root.querySelector('[data-live="usedText"]').textContent;

    function announce() {
        timer = 0;
        last = performance.now();
        const ofLimit = latest.limit === null ? "" : ` of ${latest.limitText}`;
        announcement.textContent = `${latest.usedText}${ofLimit} contacts counted, ${latest.remainingText}`;
    }

    follow(root.dataset.liveAccount, "usage", (usage) => {
        show(usage, root);
        for (const fact of document.querySelectorAll(".facts [data-live]")) put(fact, usage[fact.dataset.live]);
        document.title = `${usage.usedText}${usage.limit === null ? "" : ` / ${usage.limitText}`} · ${title}`;
        latest = usage;
        if (usage.usedText !== shown && !timer) {
            timer = setTimeout(announce, Math.max(0, last + announceEvery - performance.now()));
        }
        shown = usage.usedText;
    });
}

function followAccounts(table) {
    const rows = new Map();
    for (const row of table.querySelectorAll("[data-account]")) rows.set(row.dataset.account, row);
    const accounts = [...rows.keys()].map(encodeURIComponent).join(",");
    follow(`${table.dataset.liveAccounts}?accounts=${accounts}`, "accounts", (usages) => {
        for (const usage of usages) {
            const row = rows.get(usage.account);
            if (row) show(usage, row);
        }
    });
}

/** Fetches campaigns or scenarios again for as long as something in them moves and the page is looked at. */
async function followPart(part, name, every) {
    const address = `data-live-${name}`;
    let wait = every;
    while (part.hasAttribute(address)) {
        await new Promise((resolve) => setTimeout(resolve, wait));
        if (document.hidden) continue;
        const fresh = await fetchPart(`[data-${name}]`, part.getAttribute(address));
        if (fresh) part = become(part, fresh);
        wait = fresh ? every : Math.min(longestRetry, wait * 2);
    }
}

/**
 * Makes what is shown like what was fetched, and tells what is shown then. What has not changed is left alone, with the
 * keyboard in it.
 */
function become(shown, fresh) {
    if (shown.isEqualNode(fresh)) return shown;
    const children = [...fresh.childNodes];
    if (shown.nodeName !== fresh.nodeName || shown.id !== fresh.id || shown.childNodes.length !== children.length) {
        shown.replaceWith(fresh);
        return fresh;
    }
    if (shown.nodeType === Node.TEXT_NODE) {
        shown.data = fresh.data;
    } else {
        for (const name of shown.getAttributeNames()) if (!fresh.hasAttribute(name)) shown.removeAttribute(name);
        for (const { name, value } of fresh.attributes) shown.setAttribute(name, value);
        children.forEach((child, index) => become(shown.childNodes[index], child));
    }
    return shown;
}

/** A part of the page that is answered; null where there is none. */
async function fetchPart(selector, url, options) {
    try {
        const answer = await fetch(url, options);
        if (!answer.ok) return null;
        const part = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(selector);
        return part && document.importNode(part, true);
    } catch {
        return null;
    }
}

// Confirmation ------------------------------------------------------------------------------------------------------

/** Fetches the page that a form leads to and shows its question in a dialog. Without one, the page itself follows. */
function confirmInDialog(dialog) {
    // Forms come and go with their campaigns and scenarios.
    document.addEventListener("submit", async (submission) => {
        const form = submission.target;
        if (!form.matches("[data-confirm]")) return;
        submission.preventDefault();
        const question = await fetchPart("[data-confirmation]", form.action, {
            method: "POST",
            body: new URLSearchParams(new FormData(form)),
        });
        if (!question) return form.submit();
        question.querySelector("[data-cancel]")?.addEventListener("click", (click) => {
            click.preventDefault();
            dialog.close();
        });
        dialog.replaceChildren(question);
        dialog.showModal();
        question.querySelector("[data-cancel]")?.focus();
    });
    dialog.addEventListener("click", (click) => {
        if (click.target === dialog) dialog.close();
    });
}

// Copying -----------------------------------------------------------------------------------------------------------

function copyWith(button) {
    const text = button.parentElement.querySelector("[data-copy-text]");
    const label = button.textContent;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
        button.textContent = (await copy(text)) ? "Copied" : "Press Ctrl+C";
        setTimeout(() => (button.textContent = label), 2_000);
    });
}

/** Browsers have no clipboard for pages that came over plain HTTP from another machine: there, the text is selected. */
async function copy(element) {
    try {
        await navigator.clipboard.writeText(element.textContent);
        return true;
    } catch {
        getSelection().selectAllChildren(element);
        return document.execCommand("copy");
    }
}

for (const root of document.querySelectorAll("[data-live-account]")) followAccount(root);
for (const table of document.querySelectorAll("[data-live-accounts]")) followAccounts(table);
for (const section of document.querySelectorAll("[data-campaigns]")) followPart(section, "campaigns", campaignsEvery);
for (const list of document.querySelectorAll("[data-scenarios]")) followPart(list, "scenarios", scenariosEvery);
for (const dialog of document.querySelectorAll("[data-confirm-dialog]")) confirmInDialog(dialog);
for (const button of document.querySelectorAll("[data-copy]")) copyWith(button);
