import type { INestApplication } from '@nestjs/common';
import { KafkaBatchServer, KafkaConnection } from '#kafka';
import { HealthRegistry, Log } from '#runtime';
import { StageConfig } from './stage-host.config.js';
import { StageLaneRunner } from './stage-lane-runner.js';
import { Stage } from './stage.js';
import { fatal } from './stage.module.js';

/** The transport of a stage's main: reads the topics of its batch handlers, each batch in one transaction. */
export function stageTransport(app: INestApplication): KafkaBatchServer {
  const stage = app.get(Stage, { strict: false });
  const log = app.get(Log, { strict: false });
  const health = app.get(HealthRegistry, { strict: false });
  const wanted = app.get(StageConfig, { strict: false }).topics.split(',').filter(Boolean);
  return new KafkaBatchServer({
    connection: app.get(KafkaConnection, { strict: false }),
    reads: ({ stage: name, topics }) =>
      name === stage.name &&
      (wanted.length === 0 || topics.every((topic) => wanted.includes(topic))),
    runnerOf: ({ topics }, call) => {
      stage.handles(topics, call);
      return new StageLaneRunner(stage, call);
    },
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
