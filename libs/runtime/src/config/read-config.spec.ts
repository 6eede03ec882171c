import { IsIn, IsInt, IsOptional, Max, MinLength } from 'class-validator';
import { ConfigError } from './config-error.js';
import { describeConfig } from './describe-config.js';
import { readConfig, readConfigs } from './read-config.js';
import { Setting, settingsOf } from './setting.js';

class StoreConfig {
  @Setting('STORE_URL', { description: 'the address of the store', secret: true })
  @MinLength(20)
  url: string;

  @Setting('STORE_POOL', { description: 'how many connections, at most 50', default: 10 })
  @IsInt()
  @Max(50)
  pool: number;

  @Setting('STORE_FRESH', { description: 'true to start over', default: false })
  isFresh: boolean;
}

class ReaderConfig {
  @Setting('READER_BROKERS', { description: 'host:port, comma-separated' })
  brokers: string[];

  @Setting('READER_MODE', { description: 'slow or fast', kind: 'string' })
  @IsIn(['slow', 'fast'])
  mode: 'slow' | 'fast';

  @Setting('READER_NOTE', { description: 'a word for the log' })
  @IsOptional()
  note?: string;
}

const both = { store: StoreConfig, reader: ReaderConfig };

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfigs(both, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map((fault) => fault.sentence);
    throw error;
  }
  return [];
}

describe('the configuration of a stage', () => {
  it('is read with its types, its defaults and its lists', () => {
    const { store, reader } = readConfigs(both, {
      STORE_URL: 'postgres://hub:hemlig@db/hub',
      STORE_FRESH: 'true',
      STORE_POOL: '',
      READER_BROKERS: 'a:9092, b:9092',
      READER_MODE: 'fast',
    });
    expect(store).toBeInstanceOf(StoreConfig);
    expect({ ...store }).toEqual({
      url: 'postgres://hub:hemlig@db/hub',
      pool: 10,
      isFresh: true,
    });
    expect({ ...reader }).toEqual({ brokers: ['a:9092', 'b:9092'], mode: 'fast' });
  });

  it('names all faults of all classes at once', () => {
    const faults = faultsOf({
      STORE_URL: 'hemligt',
      STORE_POOL: '10 st',
      STORE_FRESH: 'yes',
      READER_BROKERS: 'a:9092,,b:9092',
      READER_MODE: 'medium',
    });
    expect(faults).toEqual([
      'STORE_POOL must be a number in plain digits; it is to hold how many connections, at most 50.',
      'STORE_FRESH must be true or false; it is to hold true to start over.',
      'STORE_URL does not keep its rules; it is to hold the address of the store.',
      'READER_BROKERS must be a comma-separated list without empty places; it is to hold host:port, comma-separated.',
      'READER_MODE must be one of the following values: slow, fast; it is to hold slow or fast.',
    ]);
  });

  it('names what is not set, once, and not what may be absent', () => {
    expect(faultsOf({ READER_MODE: 'slow' })).toEqual([
      'STORE_URL is not set; it is to hold the address of the store.',
      'READER_BROKERS is not set; it is to hold host:port, comma-separated.',
    ]);
  });

  it('never repeats the value of a secret', () => {
    expect(() => readConfig(StoreConfig, { STORE_URL: 'hemligt' })).toThrow(ConfigError);
    expect(() => readConfig(StoreConfig, { STORE_URL: 'hemligt' })).toThrow(/^(?!.*hemligt)/s);
  });

  it.each(['0x10', '1e3', 'NaN', ' 5 5', '1_000'])('does not take %p for a number', (text) => {
    expect(faultsOf({ STORE_POOL: text }).join()).toMatch('STORE_POOL must be a number');
  });

  it('is described with secrets as set or not set, and without credentials in addresses', () => {
    const store = readConfig(StoreConfig, { STORE_URL: 'postgres://hub:hemlig@db/hub' });
    expect(describeConfig(store)).toEqual({
      STORE_URL: 'set',
      STORE_POOL: '10',
      STORE_FRESH: 'false',
    });
    const reader = readConfig(ReaderConfig, {
      READER_BROKERS: 'kafka://user:hemlig@a:9092',
      READER_MODE: 'slow',
    });
    expect(describeConfig(reader)).toEqual({
      READER_BROKERS: 'kafka://…@a:9092',
      READER_MODE: 'slow',
      READER_NOTE: 'not set',
    });
  });

  it('refuses a property whose type does not tell how to read it', () => {
    const decorate = Setting('ODD', { description: 'odd' });
    expect(() => decorate(class Odd {}.prototype, 'odd')).toThrow('give the setting a kind');
  });

  it('takes over the settings of the class it extends, and leaves those as they were', () => {
    class WiderConfig extends ReaderConfig {
      @Setting('READER_WIDTH', { description: 'a width', default: 1 })
      width: number;
    }
    expect(settingsOf(WiderConfig).map((setting) => setting.name)).toEqual([
      'READER_BROKERS',
      'READER_MODE',
      'READER_NOTE',
      'READER_WIDTH',
    ]);
    expect(settingsOf(ReaderConfig)).toHaveLength(3);
  });
});
