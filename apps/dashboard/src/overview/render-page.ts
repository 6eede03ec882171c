import { createHash } from 'node:crypto';
import type { Outcome } from '#canonical';
import type { ParkCode } from '#stage';
import type { TrailStep } from '../trail/trail.store.js';
import type { MoveCause, MoveView, Overview, ParkedView, StageView } from './describe-overview.js';
import { Html, markup } from './markup.js';
import { INTERRUPTION_WORD, INTERRUPTION_WORDS, MOVE_WORDS, MUST_ACT_WORDS, OUTCOME_WORDS, PARK_WORDS, SILENT_SOURCE_WORDS, STAGE_WORDS, STATE_WORDS } from './words.js'; // prettier-ignore

const REFRESH_SECONDS = 5;
const FIGURES = new Intl.NumberFormat('sv-SE');

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 0 auto; max-width: 72rem; padding: 1rem; }
  table { border-collapse: collapse; width: 100%; }
  caption { text-align: left; }
  th, td { border-bottom: 1px solid #8886; padding: .4rem .6rem .4rem 0; text-align: left; vertical-align: top; }
  td.figure { font-variant-numeric: tabular-nums; white-space: nowrap; }
  input { font: inherit; width: 28rem; max-width: 100%; }
  button { font: inherit; }
  code { overflow-wrap: anywhere; }
  .note { opacity: .75; }
  .bad { font-weight: 700; }
  .bad::before { content: "▲ "; }
`;

/** Does not refresh under somebody who is typing; without a script the page refreshes all the same. */
const SCRIPT = `
  setInterval(() => {
    const field = document.getElementById('sok');
    if (document.activeElement !== field && !document.hidden) location.reload();
  }, ${REFRESH_SECONDS * 1000});
`;

/** Nothing from elsewhere, and of scripts and styles exactly these two. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src '${hashOf(STYLE)}'`,
  `script-src '${hashOf(SCRIPT)}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What somebody looked for, and what was found. */
export interface TrailSearch {
  readonly id: string;
  /** Undefined when it was not looked for, and why. */
  readonly steps: readonly TrailStep[] | undefined;
  readonly says?: string;
}

export interface PageOptions {
  readonly search?: TrailSearch;
  /** The name of a huvudman, if it is known. */
  readonly nameOf: (huvudman: string) => string | undefined;
}

/** The one page: what is wrong, whom it hits, what to do. Plain HTML that works without a script. */
export function renderPage(overview: Overview, { search, nameOf }: PageOptions): string {
  const page = markup`<!doctype html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${titleOf(overview)}</title>
<style>${new Html(STYLE)}</style>
${!search && markup`<noscript><meta http-equiv="refresh" content="${REFRESH_SECONDS}"></noscript>`}
</head>
<body>
<h1>Elevnav</h1>
<p>${summaryOf(overview)} <span class="note">Läget ${timeOf(overview.at)}.</span></p>
${restartsPart(overview)}
${searchPart(search)}
${stagesPart(overview)}
${silentPart(overview.silentSources, nameOf)}
${parkedPart(overview.parked)}
${movesPart(overview, nameOf)}
${!search && markup`<script>${new Html(SCRIPT)}</script>`}
</body>
</html>`;
  return page.text;
}

function isWell({ stages, kafkaAnswers, silentSources }: Overview): boolean {
  return kafkaAnswers && silentSources.length === 0 && stages.every(({ state }) => state === 'ok');
}

function gapsIn({ findings }: Overview): number {
  return findings.find(({ cause }) => cause === 'access-gap')?.findings ?? 0;
}

function titleOf(overview: Overview): string {
  return isWell(overview) && gapsIn(overview) === 0
    ? 'Elevnav – allt fungerar'
    : 'Elevnav – något behöver åtgärdas';
}

function summaryOf(overview: Overview): Html {
  if (!overview.kafkaAnswers) {
    const says = 'Kafka svarar inte. Inget tas emot eller skickas förrän det gör det.';
    return markup`<span class="bad">${says} Kontakta driften.</span>`;
  }
  const gaps = gapsIn(overview);
  if (gaps > 0) {
    const who = gaps === 1 ? '1 elev' : `${gaps} elever`;
    return markup`<span class="bad">${who} når inte provtjänsten. Se nedan.</span>`;
  }
  if (isWell(overview)) return markup`Allt fungerar.`;
  return markup`<span class="bad">Något behöver åtgärdas. Se nedan.</span>`;
}

/** What happened to the stages lately, also when all of it is mended. */
function restartsPart({ stages }: Overview): Html | undefined {
  const restarted = stages.filter(({ processes }) => processes.restartedAt !== null);
  if (restarted.length === 0) return undefined;
  return markup`<ul>
${restarted.map(restartItem)}</ul>`;
}

function restartItem({ stage, processes: { restartedAt, crashes, stops } }: StageView): Html {
  // Of both kinds, the one that nobody meant is told of.
  const times = crashes > 0 ? crashes : stops;
  const how = crashes > 0 ? 'avbröts och startade om' : 'startades om i ordning';
  const often = times > 1 && ` ${times} gånger, senast`;
  const when = restartedAt && timeOf(restartedAt);
  const meant = INTERRUPTION_WORDS[stage] ?? INTERRUPTION_WORD;
  return markup`<li>${nameOfStage(stage)} ${how}${often} ${when}. ${meant}</li>
`;
}

function searchPart(search: TrailSearch | undefined): Html {
  return markup`<h2>Följ en händelse eller en person</h2>
<form method="get" action="/">
<label for="sok">Händelsens id eller personens id i Elevnav (aldrig personnummer)</label><br>
<input id="sok" name="id" maxlength="400" autocomplete="off" value="${search?.id}">
<button>Sök</button>
${search && markup`<a href="/">Visa bara läget</a>`}
</form>
${search?.says && markup`<p class="bad">${search.says}</p>`}
${search?.steps && stepsPart(search.steps)}`;
}

function stepsPart(steps: readonly TrailStep[]): Html {
  if (steps.length === 0) {
    return markup`<p>Inget spår finns. Spår sparas i sju dagar, och det dröjer några sekunder innan de syns.</p>`;
  }
  return markup`<ol>
${steps.map(stepItem)}</ol>`;
}

function stepItem({ at, stage, type, outcome, detail, cause }: TrailStep): Html {
  return markup`<li>${timeOf(at.toISOString())} <strong>${nameOfStage(stage)}</strong>:
<code>${type}</code> ${OUTCOME_WORDS[outcome]}${detail && markup` (<code>${detail}</code>)`}.
<span class="note">Händelse <code>${cause}</code></span></li>
`;
}

function stagesPart({ stages, overMinutes }: Overview): Html {
  return markup`<h2>Stegen</h2>
${table(['Steg', 'Läge', 'Väntar', `Senaste ${overMinutes} min`], stages.map(stageRow))}`;
}

function stageRow(stage: StageView): Html {
  const words = STAGE_WORDS[stage.stage];
  const state = STATE_WORDS[stage.state];
  return markup`<tr>
<th scope="row">${words?.name ?? stage.stage}<br><span class="note">${words?.does}</span></th>
<td><span class="${stage.state === 'ok' ? 'good' : 'bad'}">${state.word}</span>${state.do && markup`<br>${state.do}`}</td>
<td class="figure">${waitingOf(stage)}</td>
<td class="figure">${countOf(stage.events)}${outcomesOf(stage)}</td>
</tr>
`;
}

function waitingOf({ groups, lagEvents, lagSeconds }: StageView): string {
  if (lagEvents === null || lagSeconds === null) return 'okänt';
  if (groups.length === 0) return '–';
  return lagEvents === 0 ? 'inget' : `${countOf(lagEvents)}, ${lagSeconds} s`;
}

function countOf(events: number): string {
  return `${FIGURES.format(events)} ${events === 1 ? 'händelse' : 'händelser'}`;
}

function outcomesOf({ outcomes }: StageView): Html[] {
  return Object.entries(outcomes).map(([outcome, events]) => {
    const word = OUTCOME_WORDS[outcome as Outcome] ?? outcome;
    return markup`<br><span class="note">${FIGURES.format(events)} ${word}</span>`;
  });
}

/** Nothing is shown while every source is heard of. */
function silentPart(
  sources: Overview['silentSources'],
  nameOf: PageOptions['nameOf'],
): Html | undefined {
  if (sources.length === 0) return undefined;
  const rows = sources.map(
    ({ source, huvudman, since }) => markup`<tr>
<td><code>${source}</code></td>
<td>${huvudman && (nameOf(huvudman) ?? huvudman)}</td>
<td>${SILENT_SOURCE_WORDS.do}</td>
<td class="figure">${timeOf(since)}</td>
</tr>
`,
  );
  return markup`<h2>Tysta källor</h2>
<p>${SILENT_SOURCE_WORDS.what}</p>
${table(['Källa', 'Huvudman', 'Gör så här', 'Sedan'], rows)}`;
}

function parkedPart(parked: readonly ParkedView[]): Html {
  return markup`<h2>Parkerade händelser</h2>
${parked.length === 0 ? markup`<p>Inga.</p>` : table(['Antal', 'Orsak', 'Gör så här', 'Sedan'], parked.map(parkedRow))}`;
}

function parkedRow({ stage, code, causeGroup, events, since }: ParkedView): Html {
  const words = PARK_WORDS[code as ParkCode] as (typeof PARK_WORDS)[ParkCode] | undefined;
  return markup`<tr>
<td class="figure">${FIGURES.format(events)}</td>
<td>${words?.what ?? code}<br><span class="note">${nameOfStage(stage)}, <code>${causeGroup}</code></span></td>
<td>${words?.do}</td>
<td class="figure">${timeOf(since)}</td>
</tr>
`;
}

function movesPart({ moves, movesTotal }: Overview, nameOf: PageOptions['nameOf']): Html {
  if (moves.length === 0) return markup`<h2>Pågående byten</h2><p>Inga.</p>`;
  const rows = moves.map((move) => moveRow(move, nameOf));
  return markup`<h2>Pågående byten</h2>
${movesTotal > moves.length && markup`<p>De ${moves.length} äldsta av ${movesTotal}.</p>`}
${table(['Elev', 'Läge', 'Gör så här', 'Vem', 'Sedan'], rows)}`;
}

function moveRow(move: MoveView, nameOf: PageOptions['nameOf']): Html {
  const { person, huvudman, since, mustAct } = move;
  const words = MOVE_WORDS[move.cause as MoveCause];
  const name = huvudman && (nameOf(huvudman) ?? huvudman);
  return markup`<tr>
<td>${person && markup`<a href="/?id=${encodeURIComponent(person)}"><code>${person}</code></a>`}</td>
<td>${words.what}</td>
<td>${words.do}</td>
<td>${MUST_ACT_WORDS[mustAct] ?? mustAct}${name && markup`<br><span class="note">${name}</span>`}</td>
<td class="figure">${timeOf(since)}</td>
</tr>
`;
}

function table(headings: readonly string[], rows: readonly Html[]): Html {
  const heads = headings.map((heading) => markup`<th scope="col">${heading}</th>`);
  return markup`<table>
<thead><tr>${heads}</tr></thead>
<tbody>
${rows}</tbody>
</table>`;
}

function nameOfStage(stage: string): string {
  return STAGE_WORDS[stage]?.name ?? stage;
}

const TIME = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Stockholm',
  dateStyle: 'short',
  timeStyle: 'medium',
});

function timeOf(instant: string): string {
  return TIME.format(new Date(instant));
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}
