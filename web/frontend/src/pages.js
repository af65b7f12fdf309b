// Small conveniences over pages that work without them.
import 'bootstrap/dist/css/bootstrap.css';
import './kaihu.css';

import htmx from 'htmx.org';

// The content security policy allows neither eval nor inline styles.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.historyCacheSize = 0; // case data must not stay in the browser's storage
window.htmx = htmx;

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
  document.querySelector('[data-error-summary], [data-focus]')?.focus();
});
document.addEventListener('htmx:load', (event) => {
  if (event.detail.elt !== document.body) enhance(event.detail.elt);
});
