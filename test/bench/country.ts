import { Partitioners, type Kafka } from 'kafkajs';
import { SCHEMAS, settingKey, type Setting } from '#canonical';
import { KafkaConnection } from '#kafka';
import type { LocalServices } from '#local-services';
import {
  HUVUDMEN,
  checkDigit,
  huvudmanId,
  sourceId,
  unitCode,
  type InventedEvent,
} from './invent-events.js';

/** Numbers of events end here; the school units are numbered after them. */
export const EVENTS_MAX = 4_000_000;

/** Makes topics that must be there before a stage makes them. */
export async function ensureTopics(
  services: LocalServices,
  topics: readonly string[],
): Promise<void> {
  const connection = new KafkaConnection({
    brokers: services.kafka.brokers.split(','),
    username: services.kafka.username,
    password: services.kafka.password,
    clientId: 'bench',
    partitions: 2,
    replication: 1,
    producerTimeoutMs: 15_000,
    producerBufferBytesMax: 1e8,
  });
  await connection.ensureTopics(topics);
  await connection.close();
}

/** Writes the settings of the country on their topic. */
export async function writeSettings(services: LocalServices, kafka: Kafka): Promise<void> {
  await ensureTopics(services, ['admin.settings']);
  const settings = countrySettings();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({
    topic: 'admin.settings',
    messages: settings.map((setting) => ({
      key: settingKey(setting),
      value: JSON.stringify(setting),
    })),
  });
  await producer.disconnect();
}

/** The settings of the country that all happens in: huvudmän, their sources, a calendar. */
export function countrySettings(): Setting[] {
  const contract = { marking: 'field', completeness: 'full', silenceHours: 24 } as const;
  const settings: Setting[] = [
    {
      kind: 'source',
      id: 'school-units',
      huvudman: null,
      sourceKind: 'school-units',
      adapter: 'school-units',
      clients: ['bench-operator'],
      contract,
    },
    {
      kind: 'calendar',
      id: '2026',
      terms: [
        { name: 'HT 2026', startDate: '2026-08-17', endDate: '2026-12-21' },
        { name: 'VT 2027', startDate: '2027-01-11', endDate: '2027-06-11' },
      ],
      tests: [],
    },
  ];
  for (let index = 0; index < HUVUDMEN; index++) {
    const huvudman = huvudmanId(index);
    settings.push({
      kind: 'huvudman', id: huvudman, displayName: `Exempelkommun ${index}`, organisationNumber: organisationNumber(index),
      owner: 'municipal', subscriberClients: [],
    });
    for (const [kind, adapter] of [['elevregister', 'ss12000'], ['absence', 'ss12000-attendance'], ['learning-platform', 'canvas']] as const) {
      settings.push({ kind: 'source', id: sourceId(kind, index), huvudman, sourceKind: kind, adapter, clients: [`bench-${huvudman}`], contract });
    }
  } // prettier-ignore
  for (const setting of settings) {
    if (!SCHEMAS.setting.check(setting))
      throw new Error('A setting of the benchmark is not of its shape.');
  }
  return settings;
}

function organisationNumber(index: number): string {
  const nine = `21200${String(9_100 + index)}`;
  return nine + checkDigit(nine);
}

export function schoolUnits(): InventedEvent[] {
  const events: InventedEvent[] = [];
  for (let huvudman = 0; huvudman < HUVUDMEN; huvudman++) {
    for (let unit = 0; unit < 5; unit++) {
      const code = unitCode(huvudman, unit);
      events.push({
        number: EVENTS_MAX + events.length,
        source: 'school-units',
        client: HUVUDMEN,
        type: 'school-units.unit.changed',
        data: schoolUnit(code, organisationNumber(huvudman)),
      });
    }
  }
  return events;
}

/** The national register's shape, version 2 (standards §3.1). */
function schoolUnit(code: string, organisation: string): unknown {
  return {
    meta: {
      extractDate: '2026-08-02T00:06:11.02+02:00',
      created: '2015-01-01',
      modified: '2026-06-14',
    },
    data: {
      type: 'schoolunit',
      schoolUnitCode: code,
      attributes: {
        displayName: `Exempelskolan ${code}`,
        status: 'AKTIV',
        schoolUnitType: 'SKOLENHET',
        municipalityCode: '0180',
        schoolTypes: ['GR'],
        startdate: '2010-07-01',
        endDate: null,
      },
    },
    included: {
      type: 'organization',
      organizationNumber: organisation,
      attributes: { displayName: 'Exempelkommun' },
    },
  };
}
