import { Controller, Inject } from '@nestjs/common';
import { adapterNamed, type Adapter, type Fact } from '#adapters';
import {
  SOURCE_KINDS,
  sourceIdOf,
  sourceTopic,
  stockholmDay,
  type SourceSetting,
} from '#canonical';
import { BatchHandler, HuvudmanKeys, Settings, type EventBatch, type ReceivedEvent, type UnitOfWork } from '#stage'; // prettier-ignore
import { receiptAt } from './claim/order-claims.js';
import { decideFact } from './decide/decide-fact.js';
import type { Deciding } from './decide/deciding.js';
import type { Verdict } from './decide/verdict.js';
import { findSubject, nameObject, type NamedObject } from './facts/find-subject.js';
import { noteNeeds } from './facts/note-needs.js';
import { RegisterSources } from './facts/register-sources.js';
import { prepareFact, type SourceFact } from './facts/source-fact.js';
import { translateEvent } from './facts/translate-events.js';
import { loadRegister, saveRegister } from './register/load-register.js';
import { Needs } from './register/needs.js';
import { HeardSources } from './silence/heard-sources.js';
import { UnitHistory } from './succession/unit-history.js';
import { tellAnnouncements } from './tell-announcements.js';

/** How a source's adapter is found by the name that its settings give: `(name: string) => Adapter | undefined`. */
export const FIND_ADAPTER = Symbol('find-adapter');

/** Every event of a batch with its facts; an event whose adapter finds nothing that the hub keeps has none. */
interface Work {
  readonly event: ReceivedEvent;
  readonly items: readonly SourceFact[];
}

/** Source events in, canonical events out: translate, resolve identity, keep the register (design §3.2, §5). */
@Controller()
export class SourceEventsHandler {
  private known: { readonly version: number; readonly registers: RegisterSources } | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly keys: HuvudmanKeys,
    private readonly heard: HeardSources,
    @Inject(FIND_ADAPTER)
    private readonly findAdapter: (name: string) => Adapter | undefined = adapterNamed,
  ) {}

  @BatchHandler({ stage: 'normalise', groups: SOURCE_KINDS.map((kind) => [sourceTopic(kind)]) })
  async handle({ events, unit }: EventBatch): Promise<void> {
    const { work, unusable } = this.translate(events, unit);
    const registers = this.registers();
    const needs = new Needs();
    for (const { items } of work) {
      for (const item of items) noteNeeds(item, needs, { registers, keys: this.keys });
    }
    for (const { source, localId } of unusable.values()) needs.mention(source, localId);
    const { settings } = this;
    const history = new UnitHistory(() => settings.huvudmen());
    const register = await loadRegister(unit, needs, this.keys, history);
    const today = stockholmDay(unit.now);
    const deciding: Deciding = { register, settings, registers, today, arrivals: new Set() };
    for (const { event, items } of work) {
      const verdicts = items.map((item) => decideFact(item, deciding));
      conclude(unit, event, verdicts);
      if (!verdicts.some(({ is }) => is === 'parked')) continue;
      const subjects = items.flatMap((item) => findSubject(item, register, registers) ?? []);
      if (subjects.length > 0) unit.about(event, subjects[0]!);
    }
    for (const [event, { source, localId }] of unusable) {
      const subject = register.holderIdOf(source, localId);
      if (subject !== undefined) unit.about(event, subject);
    }
    saveRegister(unit, register);
    if (deciding.arrivals.size > 0) unit.arrived([...deciding.arrivals]);
  }

  /** What cannot be translated is parked; whom it is about, its source may have said all the same. */
  private translate(
    events: readonly ReceivedEvent[],
    unit: UnitOfWork,
  ): { work: Work[]; unusable: Map<ReceivedEvent, NamedObject> } {
    const usable: { event: ReceivedEvent; source: SourceSetting; facts: readonly Fact[] }[] = [];
    const unusable = new Map<ReceivedEvent, NamedObject>();
    for (const event of events) {
      this.heard.note(sourceIdOf(event.envelope.source), unit.now);
      const translated = translateEvent(event, this.settings, this.findAdapter);
      if (!translated.ok) {
        unit.park(event, translated.reason);
        const named = nameObject(event, this.settings, this.findAdapter);
        if (named) unusable.set(event, named);
        continue;
      }
      usable.push({ event, source: translated.source, facts: translated.facts });
    }
    const times = usable.flatMap(({ facts }) => facts.map(({ modified }) => modified));
    const receipt = receiptAt(unit.now, times);
    const work = usable.map(({ event, source, facts }): Work => {
      const from = { source, receipt, keys: this.keys };
      return { event, items: facts.map((fact) => prepareFact(event, fact, from)) };
    });
    return { work, unusable };
  }

  private registers(): RegisterSources {
    const { version } = this.settings;
    if (this.known?.version !== version) {
      this.known = { version, registers: new RegisterSources(this.settings.sources()) };
    }
    return this.known.registers;
  }
}

/** Sends what was announced and says what became of the event: parked before published before filtered. */
function conclude(unit: UnitOfWork, event: ReceivedEvent, verdicts: readonly Verdict[]): void {
  const ordinals = new Map<string, number>();
  let outcome: Verdict | undefined;
  for (const verdict of verdicts) {
    if (verdict.is === 'announced') {
      tellAnnouncements(unit, event.envelope, { announcements: verdict.announcements, ordinals });
    }
    if (outcome === undefined || RANK[verdict.is] > RANK[outcome.is]) outcome = verdict;
  }
  if (outcome === undefined) return unit.settle(event, 'filtered:irrelevant');
  if (outcome.is === 'parked') return unit.park(event, outcome.reason);
  if (outcome.is === 'filtered') unit.settle(event, outcome.outcome, outcome.detail);
  if (outcome.subject !== undefined) unit.about(event, outcome.subject);
}

const RANK: Record<Verdict['is'], number> = { filtered: 0, announced: 1, parked: 2 };
