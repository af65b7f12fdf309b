// Fields that appear or go with an answer: the form is shown anew by itself, what was typed stays as it is.
// Without scripts, the button beside the answer does the same.

const asked = new WeakMap(); // the request under way, by form
let composing = null; // settled when the input method has finished a word

document.documentElement.classList.add('scripted');

/** The button beside a field on which others depend. */
function refreshButton(field) {
  if (!field.form || !field.name) return null;
  return [...field.form.querySelectorAll('[data-refresh]')].find((button) => button.value === field.name) ?? null;
}

/** What the button would post, without files and without what is only meant for the form's own buttons. */
function posted(form, button) {
  const body = new FormData();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && !name.startsWith('__detach:')) body.append(name, value);
  }
  body.append(button.name, button.value);
  return body;
}

/** Gives a new control what the person has entered meanwhile; chosen files move with the control that holds them. */
function keep(live, fresh) {
  if (!fresh || fresh.type !== live.type) return;
  if (live.type === 'file') {
    if (live.files.length === 0) return;
    live.className = fresh.className;
    fresh.replaceWith(live);
  } else if (live.type === 'checkbox' || live.type === 'radio') {
    fresh.checked = live.checked;
  } else if (live.tagName !== 'SELECT' || [...fresh.options].some((option) => option.value === live.value)) {
    fresh.value = live.value;
  }
}

/** Focus and caret as they were; fields of other kinds than text have no caret. */
function focusAgain(id, caret) {
  const field = id && document.getElementById(id);
  if (!field) return;
  field.focus({ preventScroll: true });
  if (caret !== null && field.setSelectionRange) field.setSelectionRange(...caret);
}

function caretOf(field) {
  return typeof field.selectionStart === 'number' ? [field.selectionStart, field.selectionEnd, field.selectionDirection] : null;
}

function swap(fields, fresh) {
  const focused = fields.contains(document.activeElement) ? document.activeElement : null;
  const [id, caret] = [focused?.id, focused && caretOf(focused)];
  const controls = [...fields.querySelectorAll('input[id]:not([type=hidden]), select[id], textarea[id]')];
  controls.forEach((live) => keep(live, fresh.querySelector(`#${CSS.escape(live.id)}`)));
  fields.replaceChildren(...fresh.childNodes);
  focusAgain(id, caret);
}

/** Asks for the form with the answers given so far. What came is not the form: the button sends it as a whole page. */
async function refresh(form, button) {
  asked.get(form)?.abort();
  const request = new AbortController();
  asked.set(form, request);
  const fields = button.closest('[data-fields]');
  fields.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(form.action, { method: 'POST', body: posted(form, button), credentials: 'same-origin', signal: request.signal });
    if (!answer.ok) throw new Error(`refresh: ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    await composing?.over;
    if (request.signal.aborted || !fields.isConnected) return;
    const fresh = page.querySelector('[data-fields]');
    if (fresh) swap(fields, fresh);
    else form.requestSubmit(button);
  } catch (error) {
    if (error.name === 'AbortError') return;
    form.classList.add('refreshed-by-hand'); // the button is there for another try
  }
  if (asked.get(form) === request) fields.removeAttribute('aria-busy');
}

function answered(field) {
  const button = refreshButton(field);
  if (button) refresh(field.form, button);
}

// A date is complete when its field is left: each part typed is a change.
const unfinished = new WeakSet();
document.addEventListener('change', ({ target }) => {
  if (target.type === 'date') unfinished.add(target);
  else answered(target);
});
document.addEventListener('focusout', ({ target }) => {
  if (unfinished.delete(target)) answered(target);
});
document.addEventListener('submit', ({ target }) => asked.get(target)?.abort());

document.addEventListener('compositionstart', () => {
  composing = {};
  composing.over = new Promise((resolve) => { composing.end = resolve; });
});
document.addEventListener('compositionend', () => {
  composing?.end();
  composing = null;
});
