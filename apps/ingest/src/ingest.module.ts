import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { EventProducer } from '#kafka';
import { AuthenticationModule, ENVIRONMENT, Log, Metrics, Shutdown, describeConfig, readConfig, type Environment } from '#runtime'; // prettier-ignore
import { HuvudmanKeys, Settings, StageHostModule, TrailWriter } from '#stage';
import { EventDoor } from './event-door.js';
import { IngestConfig } from './ingest.config.js';
import { ClientLimits } from './limit-clients.js';
import { openForEvents } from './read/media-types.js';
import { SourceEventController } from './source-event.controller.js';

/** In: HTTP. Out: `source.*`, one topic per kind of source, and `trail`. It has no store: what is not acknowledged is not accepted. */
@Module({
  imports: [StageHostModule, AuthenticationModule.register()],
  controllers: [SourceEventController],
  providers: [
    {
      provide: IngestConfig,
      inject: [ENVIRONMENT, Log],
      useFactory: (environment: Environment, log: Log) => {
        const config = readConfig(IngestConfig, environment);
        log.info('Settings', describeConfig(config));
        return config;
      },
    },
    {
      provide: EventDoor,
      inject: [IngestConfig, Settings, HuvudmanKeys, EventProducer, TrailWriter, Metrics, Shutdown],
      useFactory: (
        config: IngestConfig,
        settings: Settings,
        keys: HuvudmanKeys,
        producer: EventProducer,
        trail: TrailWriter,
        metrics: Metrics,
        shutdown: Shutdown,
      ) => {
        shutdown.add('trail', () => trail.flush());
        return new EventDoor({
          config,
          settings,
          keys,
          producer,
          trail,
          limits: new ClientLimits(config),
          judged: metrics.counter(
            'elevnav_ingest_events_total',
            'Events judged at the door, by verdict: accepted, or the code of the refusal.',
            ['verdict'],
          ),
          signal: shutdown.signal,
        });
      },
    },
  ],
})
export class IngestModule implements OnModuleInit {
  constructor(
    private readonly http: HttpAdapterHost,
    private readonly config: IngestConfig,
  ) {}

  onModuleInit(): void {
    openForEvents(this.http.httpAdapter.getInstance<FastifyInstance>(), this.config);
  }
}
