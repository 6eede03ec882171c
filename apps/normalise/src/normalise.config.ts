import { IsIn, IsInt, Max, Min } from 'class-validator';
import { COMMANDS_TOPIC, SOURCE_KINDS, sourceTopic, type SourceKind } from '#canonical';
import { processEnvironment, readConfig, Setting, type Environment } from '#runtime';

/** What this process of normalise reads; several processes may share the work by kind of source. */
export class NormaliseConfig {
  @Setting('NORMALISE_SOURCES', {
    description: `the kinds of source that this process reads, separated by commas (${SOURCE_KINDS.join(', ')}); all of them if empty`,
    default: [...SOURCE_KINDS],
    kind: 'list',
  })
  @IsIn(SOURCE_KINDS, { each: true })
  sources: SourceKind[];

  @Setting('REPLAY_PER_SECOND', {
    description: 'how many persons a second a replay re-announces, at most',
    default: 500,
  })
  @IsInt()
  @Min(10)
  @Max(20_000)
  replayPerSecond: number;
}

/** The stage library reads those groups whose topics STAGE_TOPICS names: the kinds of source say which; commands are read by every process. */
export function normaliseEnvironment(environment = processEnvironment()): Environment {
  const { sources } = readConfig(NormaliseConfig, environment);
  return { STAGE_TOPICS: [...sources.map(sourceTopic), COMMANDS_TOPIC].join(','), ...environment };
}
