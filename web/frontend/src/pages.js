// Small conveniences over pages that work without them.
import 'bootstrap/dist/css/bootstrap.css';
import './kaihu.css';
import './forms.js';

import htmx from 'htmx.org';

// The content security policy allows neither eval nor inline styles.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.historyCacheSize = 0; // case data must not stay in the browser's storage
htmx.config.refreshOnHistoryMiss = true; // so the back button asks the server

/** What a page or a part loaded by htmx needs once. */
function enhance(root) {
  root.querySelectorAll('form[data-once]').forEach((form) => {
    form.addEventListener('submit', () => {
      // A second click must not send the command again; the idempotency key covers what slips through.
      window.setTimeout(() => form.querySelectorAll('button[type=submit]').forEach((button) => { button.disabled = true; }), 0);
    });
  });
  root.querySelectorAll('[data-autosubmit]').forEach((field) => {
    field.addEventListener('change', () => field.form.requestSubmit());
  });
  root.querySelectorAll('[data-print]').forEach((button) => button.addEventListener('click', () => window.print()));
  root.querySelectorAll('[data-reading]').forEach((form) => {
    const begun = Date.now();
    form.addEventListener('submit', () => {
      form.elements.read_seconds.value = String(Math.round((Date.now() - begun) / 1000));
    });
  });
}

// A page restored from the back-forward cache gets its buttons back.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) document.querySelectorAll('button[disabled][type=submit]').forEach((button) => { button.disabled = false; });
});

/** The keys people know from their task list: Ctrl+Alt+ C claim, L list, F form, P start. */
const keys = { c: '[data-key=claim]', l: '[data-key=list]', f: '[data-key=form]', p: '[data-key=start]' };
document.addEventListener('keydown', (event) => {
  if (!(event.ctrlKey && event.altKey)) return;
  const target = document.querySelector(keys[event.key.toLowerCase()] ?? 'no-such-key');
  if (!target) return;
  event.preventDefault();
  if (target.matches('a,button')) target.click();
  else target.querySelector('input:not([type=hidden]),select,textarea')?.focus();
});

document.addEventListener('DOMContentLoaded', () => {
  enhance(document);
  document.querySelector('[data-focus]')?.focus();
});
let listScroll = 0;

// What came is not the part asked for: signed out meanwhile, or refused. Then the whole page is loaded.
document.addEventListener('htmx:beforeSwap', (event) => {
  const { xhr, boosted, pathInfo, requestConfig } = event.detail;
  listScroll = requestConfig.elt.closest('.cards')?.scrollTop ?? 0;
  if (xhr.responseText.includes(`id="${event.detail.target.id}"`)) return;
  event.detail.shouldSwap = false;
  if (boosted) window.location.assign(pathInfo.finalRequestPath);
  else if (xhr.status < 400) window.location.reload();
});
document.addEventListener('htmx:sendError', ({ detail }) => {
  if (detail.boosted) window.location.assign(detail.pathInfo.finalRequestPath);
});
document.addEventListener('htmx:beforeRequest', (event) => {
  if (document.hidden && event.detail.elt.matches('[data-polled]')) event.preventDefault();
});
// The list stays where it was scrolled to; where focus went with the old part, it goes to the new heading.
document.addEventListener('htmx:afterSettle', ({ detail }) => {
  if (detail.target.id !== 'inbox') return;
  const cards = document.querySelector('.cards');
  if (cards) cards.scrollTop = listScroll;
  const focused = document.activeElement;
  if (focused === document.body || focused.getClientRects().length === 0) document.querySelector('#inbox h1')?.focus();
});
document.addEventListener('htmx:load', (event) => {
  if (event.detail.elt !== document.body) enhance(event.detail.elt);
});
