import type { INestApplication } from '@nestjs/common';
import { KafkaBatchServer, KafkaConnection, type CallHandler } from '#kafka';
import { HealthRegistry, Log } from '#runtime';
import type { WhenServicesAnswer } from './await-services.js';
import { classifyError } from './classify-error.js';
import { PIECE_RECORDS_MAX } from './lane-piece.js';
import { PieceStore } from './piece-store.js';
import { WHEN_SERVICES_ANSWER } from './stage-host.module.js';
import { StageConfig } from './stage-host.config.js';
import { StageLaneRunner } from './stage-lane-runner.js';
import { Stage } from './stage.js';
import { fatal } from './stage.module.js';
import { storePieces } from './store-pieces.js';

/** The transport of a stage's main: reads the topics of its batch handlers, whole batches in one transaction. */
export function stageTransport(app: INestApplication): KafkaBatchServer {
  const stage = app.get(Stage, { strict: false });
  const log = app.get(Log, { strict: false });
  const health = app.get(HealthRegistry, { strict: false });
  const config = app.get(StageConfig, { strict: false });
  const whenAnswers = app.get<WhenServicesAnswer>(WHEN_SERVICES_ANSWER, { strict: false });
  const wanted = config.topics.split(',').filter(Boolean);
  const stores = new Map<string, PieceStore>();
  /** All lanes of one handler are stored together, whichever group they are of. */
  const storeOf = (handler: string, call: CallHandler) => {
    const store = stores.get(handler) ?? pieceStore(stage, call, config.batchesAtOnce);
    stores.set(handler, store);
    store.addGroup();
    return store;
  };
  return new KafkaBatchServer({
    connection: app.get(KafkaConnection, { strict: false }),
    reads: ({ stage: name, topics }) =>
      name === stage.name &&
      (wanted.length === 0 || topics.every((topic) => wanted.includes(topic))),
    named: wanted,
    runnerOf: ({ handler, topics }, call) => {
      stage.handles(topics, call);
      return new StageLaneRunner(stage, storeOf(handler, call));
    },
    whenKafkaAnswers: (work) => whenAnswers('Kafka', work),
    onConsumer: (consumer) => {
      stage.watch(consumer);
      health.add(`consumer ${consumer.groupId}`, 'ready', () => ({
        ok: consumer.health.ok,
        detail: consumer.health.says,
      }));
    },
    onFatal: (says) => fatal(log, says),
    onLog: (level, says) => log[level](says),
  });
}

function pieceStore(stage: Stage, call: CallHandler, atOnce: number): PieceStore {
  return new PieceStore({
    attempt: (pieces) => storePieces(stage, call, pieces),
    classify: classifyError,
    onRetry: (kind) => stage.countRetry(kind),
    holdUps: stage.holdUps,
    atOnce,
    recordsMax: PIECE_RECORDS_MAX,
  });
}
