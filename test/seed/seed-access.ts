import { SCHEMAS, formatSequence, toBinaryHeaders, uuidV5, type PersonState } from '#canonical';
import type { Environment } from '#runtime';
import { TestAccessModule } from '#apps/test-access';
import { CanonicalEventsHandler } from '../../apps/test-access/src/canonical-events.handler.js';
import { HUVUDMEN, UNITS_EACH, firstEppn, huvudmanId, sourceId, unitCode } from '../bench/invent-events.js'; // prettier-ignore
import { CopySession } from './copy-session.js';
import { SeedStage, type SeedRecord } from './seed-stage.js';
import { analyse, assertEmpty, bootForSeed, settingsAreThere } from './seed-stores.js';

const NAMESPACE = 'b7a1f0a4-2a5e-5c0e-9d63-0c5a3f6f2a11';
const CHUNK_PERSONS = 5_000;
const EPOCH = 1;

/**
 * Fills the store of test-access alone, for the benchmark of its question: the persons of the invented country as normalise would
 * tell of them, but for their ids. What is written is what the stage's own handler decides.
 */
export async function seedAccess(options: {
  readonly environment: Environment;
  readonly databaseUrl: string;
  readonly persons: number;
  readonly onProgress?: (persons: number) => void;
}): Promise<{ rows: number }> {
  const booted = await bootForSeed('test-access', TestAccessModule, options.environment);
  let session: CopySession | undefined;
  try {
    await settingsAreThere(booted);
    session = await CopySession.open(options.databaseUrl);
    await assertEmpty(session, ['test_access.person_access']);
    const handler = booted.app.get(CanonicalEventsHandler, { strict: false });
    const stage = new SeedStage(booted, handler, session);
    for (let from = 0; from < options.persons; from += CHUNK_PERSONS) {
      const size = Math.min(CHUNK_PERSONS, options.persons - from);
      await stage.take(Array.from({ length: size }, (_, index) => canonicalRecord(from + index)));
      options.onProgress?.(from + size);
    }
    await session.commit();
    await analyse([booted]);
    return { rows: session.copied };
  } finally {
    await session?.close();
    await booted.stop();
  }
}

/** `enrolment started` of a person of the country, with their whole state. */
function canonicalRecord(index: number): SeedRecord {
  const person = personState(index);
  const source = sourceId('elevregister', index % HUVUDMEN);
  const id = uuidV5(NAMESPACE, `event ${index}`);
  return {
    topic: 'canonical.events',
    key: person.id,
    headers: toBinaryHeaders({
      id,
      source: 'urn:elevnav:normalise',
      type: 'se.elevnav.enrolment.started',
      subject: person.id,
      dataschema: SCHEMAS.person.dataschema,
      sequence: formatSequence(EPOCH, 1),
      causationid: `urn:elevnav:source:${source} ${id}`,
    }),
    value: JSON.stringify({ person, change: { id: person.enrolments[0]!.id } }),
  };
}

function personState(index: number): PersonState {
  const number = index % HUVUDMEN;
  const huvudman = huvudmanId(number);
  const source = sourceId('elevregister', number);
  return {
    id: uuidV5(NAMESPACE, `person ${index}`),
    securityMarking: 'Ingen',
    personStatus: 'Aktiv',
    standing: 'present',
    eppns: [{ value: firstEppn(index), huvudman, source }],
    enrolments: [
      {
        id: uuidV5(NAMESPACE, `enrolment ${index}`),
        source,
        huvudman,
        schoolUnit: unitCode(number, Math.floor(index / HUVUDMEN) % UNITS_EACH),
        schoolType: 'GR',
        schoolYear: 1 + (index % 9),
        startDate: '2025-08-18',
        endDate: '2027-06-01',
        cancelled: false,
      },
    ],
    duties: [],
    tests: [],
  };
}
