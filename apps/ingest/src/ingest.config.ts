import { IsInt, Max, Min } from 'class-validator';
import { Setting } from '#runtime';

const MEBIBYTE = 1024 * 1024;

/** The limits of the door. Everything that a caller can make large, deep, many or slow has one. */
export class IngestConfig {
  @Setting('INGEST_BODY_BYTES_MAX', {
    default: MEBIBYTE,
    description: 'the largest body of one event or one batch, in bytes',
  })
  @IsInt()
  @Min(1_024)
  @Max(64 * MEBIBYTE)
  bodyBytesMax: number;

  @Setting('INGEST_STREAM_BYTES_MAX', {
    default: 4_096 * MEBIBYTE,
    description: 'the largest NDJSON body, in bytes; it is never held in memory',
  })
  @IsInt()
  @Min(1_024)
  streamBytesMax: number;

  @Setting('INGEST_EVENT_BYTES_MAX', {
    default: 256 * 1024,
    description: 'the largest data of one event, in bytes of compact JSON',
  })
  @IsInt()
  @Min(1_024)
  @Max(2 * MEBIBYTE)
  eventBytesMax: number;

  @Setting('INGEST_EVENTS_MAX', {
    default: 1_000,
    description: 'the most events of one batch; NDJSON has no such limit',
  })
  @IsInt()
  @Min(1)
  @Max(5_000)
  eventsMax: number;

  @Setting('INGEST_JSON_DEPTH_MAX', {
    default: 20,
    description: "how deep an event's data may be nested",
  })
  @IsInt()
  @Min(2)
  @Max(100)
  jsonDepthMax: number;

  @Setting('INGEST_BODY_SECONDS_MAX', {
    default: 10,
    description: 'how long a body may take to arrive, and an NDJSON body may pause, in seconds',
  })
  @IsInt()
  @Min(1)
  @Max(120)
  bodySecondsMax: number;

  @Setting('INGEST_STREAM_SECONDS_MAX', {
    default: 3_600,
    description: 'how long an NDJSON body may take altogether, in seconds',
  })
  @IsInt()
  @Min(1)
  streamSecondsMax: number;

  @Setting('INGEST_REQUESTS_MAX', {
    default: 128,
    description: 'how many pushes this process handles at once; more get 503',
  })
  @IsInt()
  @Min(1)
  @Max(10_000)
  requestsMax: number;

  @Setting('INGEST_CLIENT_REQUESTS_MAX', {
    default: 64,
    description: 'how many pushes of one client this process handles at once; more get 429',
  })
  @IsInt()
  @Min(1)
  @Max(10_000)
  clientRequestsMax: number;

  @Setting('INGEST_CLIENT_EVENTS_PER_SECOND', {
    default: 10_000,
    description: 'how many events a second one client may push in the long run',
  })
  @IsInt()
  @Min(1)
  clientEventsPerSecond: number;

  @Setting('INGEST_CLIENT_EVENTS_BURST', {
    default: 20_000,
    description: 'how many events one client may push at once after a rest; at least one batch',
  })
  @IsInt()
  @Min(1)
  clientEventsBurst: number;

  @Setting('INGEST_REFUSALS_MAX', {
    default: 100,
    description: 'how many refused lines the answer to an NDJSON body tells one by one',
  })
  @IsInt()
  @Min(1)
  @Max(1_000)
  refusalsMax: number;

  @Setting('INGEST_GATHER_MS', {
    default: 5,
    description:
      'how long a few accepted events wait for those of other requests, to go to Kafka together, in milliseconds',
  })
  @IsInt()
  @Min(0)
  @Max(1_000)
  gatherMs: number;
}
