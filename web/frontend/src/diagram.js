// The live diagram of a case: shows where it stands. The page also carries the same facts as a list of steps.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './diagram.css';

const AROUND = { top: 120, right: 320, bottom: 120, left: 160 };

/** Fits the diagram, but never smaller than is readable: then it opens on the first of these elements. */
function showWhole(viewer, ids) {
  const canvas = viewer.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  const readable = 0.45;
  if (canvas.zoom() >= readable) return;
  const registry = viewer.get('elementRegistry');
  const first = ids.map((id) => registry.get(id)).find(Boolean);
  canvas.zoom(readable, first ? { x: 0, y: 0 } : undefined);
  if (first) canvas.scrollToElement(first, AROUND);
}

/** Where the case stands now: the list of steps carries it, and is renewed while the case moves. */
function progress() {
  const { steps, links } = document.querySelector('#case-progress').dataset;
  return { steps: JSON.parse(steps), links: JSON.parse(links) };
}

const BADGES = { completed: '✓', incident: '!' };

/** A badge tells what no colour can: the colours of a diagram have a meaning of their own. */
function badge(state) {
  const drawn = document.createElement('span');
  drawn.className = `step-badge step-badge-${state}`;
  drawn.textContent = BADGES[state];
  drawn.setAttribute('aria-hidden', 'true');
  return drawn;
}

/** Of a task the upper right corner; of events and gateways the upper left: labels of flows begin at their right. */
function corner(element) {
  return element.width > 60 ? { top: -9, right: 9 } : { top: -10, left: -8 };
}

/** Shows the state of each element; `shown` remembers it, so that only what has changed is drawn again. */
function mark(viewer, shown) {
  const [canvas, overlays, registry] = ['canvas', 'overlays', 'elementRegistry'].map((part) => viewer.get(part));
  const { steps, links } = progress();
  for (const { element, state } of steps) {
    if (shown.get(element) === state || !registry.get(element)) continue;
    canvas.removeMarker(element, `step-${shown.get(element)}`);
    overlays.remove({ element, type: 'state' });
    canvas.addMarker(element, `step-${state}`);
    if (BADGES[state]) {
      overlays.add(element, 'state', { position: corner(registry.get(element)), scale: { min: 0.8, max: 1.5 }, html: badge(state) });
    }
    shown.set(element, state);
  }
  Object.keys(links).filter((id) => registry.get(id)).forEach((id) => canvas.addMarker(id, 'step-opens'));
}

/** Called processes open on click, and the link in the list of steps does the same without a mouse. */
function openCalledProcesses(viewer) {
  viewer.on('element.click', ({ element }) => {
    const { links } = progress();
    if (links[element.id]) window.location.assign(links[element.id]);
  });
}

/** The text a diagram carries in English beside its Chinese one: a `zeebe:property` called `name_en` or `text_en`. */
function englishText(element, property) {
  const extensions = element.extensionElements?.values ?? [];
  const properties = extensions.filter((each) => each.$type === 'zeebe:properties').flatMap((each) => each.$children ?? []);
  return properties.find((each) => each.name === property)?.value;
}

const LETTER = 5.6; // average width of a letter in a label, in the diagram's units
const LABEL_WIDTH = 90; // bpmn-js wraps labels at this width at most

/**
 * Gives a label, placed to fit Chinese, the width of its longest English word: wider, it would cover its event.
 * Beside a flow it grows to the right.
 */
function widenLabel(drawn) {
  const bounds = drawn.label?.bounds;
  const text = drawn.bpmnElement?.name;
  if (!bounds || !text) return;
  const longest = Math.max(...text.split(/\s+/).map((word) => word.length));
  const width = Math.max(bounds.width, Math.min(LABEL_WIDTH, longest * LETTER + 8));
  if (drawn.$type === 'bpmndi:BPMNShape') bounds.x -= (width - bounds.width) / 2;
  bounds.width = width;
}

/** Writes the labels of the parsed model in English before anything is drawn; what has none keeps its own. */
function speakEnglish(viewer) {
  viewer.on('import.parse.complete', ({ elementsById }) => {
    for (const element of Object.values(elementsById ?? {})) {
      if (element.name) element.name = englishText(element, 'name_en') ?? element.name;
      if (element.text) element.text = englishText(element, 'text_en') ?? element.text;
    }
    Object.values(elementsById ?? {}).forEach(widenLabel);
  });
}

function connectZoomButtons(viewer) {
  document.querySelectorAll('[data-zoom]').forEach((button) => {
    button.hidden = false;
    button.addEventListener('click', () => {
      if (button.dataset.zoom === 'fit') viewer.get('canvas').zoom('fit-viewport', 'auto');
      else viewer.get('zoomScroll').stepZoom(button.dataset.zoom === 'in' ? 1 : -1);
    });
  });
}

async function show(holder) {
  const answer = await fetch(holder.dataset.diagram, { credentials: 'same-origin' });
  if (!answer.ok) throw new Error(`diagram: ${answer.status}`);
  const viewer = new NavigatedViewer({ container: holder });
  if (holder.dataset.language === 'en') speakEnglish(viewer);
  await viewer.importXML(await answer.text());
  const shown = new Map();
  mark(viewer, shown);
  document.addEventListener('htmx:afterSettle', () => mark(viewer, shown));
  openCalledProcesses(viewer);
  const { steps } = progress();
  const waiting = steps.filter((step) => step.state === 'active' || step.state === 'incident');
  showWhole(viewer, [...waiting, ...steps].map((step) => step.element));
  holder.classList.add('diagram-shown');
  connectZoomButtons(viewer);
}

document.querySelectorAll('[data-diagram]').forEach((holder) => {
  show(holder).catch(() => {
    holder.closest('.diagram-panel').hidden = true; // the list of steps below says the same
  });
});
