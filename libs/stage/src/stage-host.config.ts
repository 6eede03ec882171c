import {
  IsBoolean,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { Setting } from '#runtime';

const KEY_LIST =
  /^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/]{43}=(,[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/]{43}=)*$/;

/** How a stage reaches Kafka, how long it waits for its services, and the keys it works with. */
export class KafkaConfig {
  @Setting('KAFKA_BROKERS', { description: 'the brokers, host:port, separated by commas' })
  @IsNotEmpty()
  brokers: string;

  @Setting('KAFKA_USERNAME', {
    description: 'the SASL/PLAIN user; empty for a cluster without log-in',
    default: '',
  })
  @IsString()
  username: string;

  @Setting('KAFKA_PASSWORD', { description: 'the SASL/PLAIN password', default: '', secret: true })
  @IsString()
  password: string;

  @Setting('KAFKA_TLS', { description: 'whether the brokers are reached over TLS', default: false })
  @IsBoolean()
  tls: boolean;

  @Setting('KAFKA_PREFIX', {
    description: 'what stands before every topic and group name',
    default: '',
  })
  @Matches(/^[a-z0-9.-]{0,40}$/)
  prefix: string;

  @Setting('KAFKA_PARTITIONS', {
    description:
      'the partitions of a topic that may have many; cannot be changed once the topics are made',
    default: 6,
  })
  @IsInt()
  @Min(1)
  @Max(256)
  partitions: number;

  @Setting('KAFKA_REPLICATION', { description: 'how many brokers keep each record', default: 1 })
  @IsInt()
  @Min(1)
  @Max(9)
  replication: number;

  @Setting('PRODUCER_TIMEOUT_MS', {
    description: 'how long Kafka may take to acknowledge, in milliseconds',
    default: 15_000,
  })
  @IsInt()
  @Min(500)
  @Max(120_000)
  producerTimeoutMs: number;

  @Setting('PRODUCER_BUFFER_BYTES', {
    description: 'what may wait for acknowledgement at once, in bytes',
    default: 67_108_864,
  })
  @IsInt()
  @Min(1_048_576)
  @Max(1_073_741_824)
  producerBufferBytesMax: number;

  @Setting('START_LIMIT_MS', {
    description:
      'how long a process that starts waits for Kafka and PostgreSQL before it gives up, in milliseconds',
    default: 600_000,
  })
  @IsInt()
  @Min(0)
  @Max(86_400_000)
  startLimitMs: number;

  @Setting('IDENTITY_KEY', {
    description: 'the root of all HMAC keys: 32 bytes in base64; it must never change',
    secret: true,
  })
  @Matches(/^[A-Za-z0-9+/]{43}=$/)
  identityKey: string;

  @Setting('MASTER_KEYS', {
    description:
      'the master keys, id:base64 of 32 bytes, separated by commas; the first wraps what is new',
    secret: true,
  })
  @Matches(KEY_LIST)
  masterKeys: string;
}

/** How a stage reaches PostgreSQL, and how much it takes. */
export class StageConfig {
  @Setting('DATABASE_URL', {
    description: 'the PostgreSQL database, postgres://user:password@host:port/name',
    secret: true,
  })
  @IsUrl({ protocols: ['postgres', 'postgresql'], require_tld: false, require_protocol: true })
  databaseUrl: string;

  @Setting('DATABASE_POOL', {
    description: 'the most connections that the stage opens',
    default: 12,
  })
  @IsInt()
  @Min(4)
  @Max(100)
  poolMax: number;

  @Setting('DATABASE_STATEMENT_TIMEOUT_MS', {
    description: 'how long one statement may take, in milliseconds',
    default: 30_000,
  })
  @IsInt()
  @Min(1_000)
  @Max(600_000)
  statementTimeoutMs: number;

  @Setting('STAGE_BATCHES_AT_ONCE', {
    description:
      'how many transactions of whole batches one process runs at once; more wait for each other’s row locks',
    default: 1,
  })
  @IsInt()
  @Min(1)
  @Max(64)
  batchesAtOnce: number;

  @Setting('BUGS_PER_MINUTE', {
    description:
      'how many events a fault of ours may park within a minute before the process stops',
    default: 300,
  })
  @IsInt()
  @Min(1)
  @Max(100_000)
  bugsPerMinuteMax: number;

  @Setting('STAGE_TOPICS', {
    description:
      'reads only these of the stage’s groups, named by their topics, separated by commas; empty reads all',
    default: '',
  })
  @IsOptional()
  @IsString()
  topics: string;
}
