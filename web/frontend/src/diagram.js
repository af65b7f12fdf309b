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

function mark(viewer, steps) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  for (const { element, state } of steps) {
    if (registry.get(element)) canvas.addMarker(element, `step-${state}`);
  }
}

/** Called processes open on click, and the link beside the diagram does the same without a mouse. */
function openCalledProcesses(viewer, links) {
  viewer.on('element.click', ({ element }) => {
    if (links[element.id]) window.location.assign(links[element.id]);
  });
  const canvas = viewer.get('canvas');
  for (const id of Object.keys(links)) {
    if (viewer.get('elementRegistry').get(id)) canvas.addMarker(id, 'step-opens');
  }
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
  const steps = JSON.parse(holder.dataset.steps);
  const viewer = new NavigatedViewer({ container: holder });
  if (holder.dataset.language === 'en') speakEnglish(viewer);
  await viewer.importXML(await answer.text());
  mark(viewer, steps);
  openCalledProcesses(viewer, JSON.parse(holder.dataset.links));
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
