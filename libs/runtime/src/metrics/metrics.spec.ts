import { Registry } from 'prom-client';
import { Metrics } from './metrics.js';
import { SeriesLimit } from './series-limit.js';

describe('the metrics of a process', () => {
  it('are one text, in which stages differ by label', async () => {
    const registry = new Registry();
    const normalise = new Metrics('normalise', registry);
    const publish = new Metrics('publish', registry);
    const name = 'elevnav_events_total';
    normalise.counter(name, 'Events.', ['outcome']).add(3, { outcome: 'parked' });
    normalise.counter(name, 'Events.', ['outcome']).add(1, { outcome: 'parked' });
    publish.counter(name, 'Events.', ['outcome']).add(5, { outcome: 'done' });
    publish.histogram('elevnav_batch_seconds', 'Batches.', { buckets: [0.1] }).observe(0.05);
    let depth = 1;
    const end = publish.gauge('elevnav_outbox_rows', 'Rows.').read(() => depth);
    depth = 7;
    const { text, contentType } = await normalise.render();
    expect(contentType).toMatch('text/plain');
    expect(text).toMatch('elevnav_events_total{stage="normalise",outcome="parked"} 4');
    expect(text).toMatch('elevnav_events_total{stage="publish",outcome="done"} 5');
    expect(text).toMatch('elevnav_batch_seconds_bucket{le="0.1",stage="publish"} 1');
    expect(text).toMatch('elevnav_outbox_rows{stage="publish"} 7');
    end();
    depth = 9;
    expect((await publish.render()).text).toMatch('elevnav_outbox_rows{stage="publish"} 7');
  });

  it('count the process itself from the start', async () => {
    const { text } = await new Metrics('ingest').render();
    expect(text).toMatch('process_resident_memory_bytes');
    expect(text).toMatch('nodejs_eventloop_lag_p99_seconds');
  });

  it('have one meaning a name, and no label of a person', () => {
    const metrics = new Metrics('ingest', new Registry());
    metrics.counter('elevnav_requests_total', 'Requests.');
    expect(() => metrics.gauge('elevnav_requests_total', 'Requests.')).toThrow('another kind');
    expect(() => metrics.counter('elevnav_requests_total', 'Requests.', ['route'])).toThrow(
      'other labels',
    );
    expect(() => metrics.counter('requests', 'Requests.')).toThrow('must be named elevnav_');
    expect(() => metrics.counter('elevnav_x_total', 'X.', ['eppn'])).toThrow('cannot have label');
  });

  it('do not grow without end: beyond the limit a series is "other"', () => {
    const limit = new SeriesLimit(2);
    const route = (value: string): string | undefined => limit.within('m', { route: value }).route;
    expect(['a', 'b', 'c', 'a', 'd'].map(route)).toEqual(['a', 'b', 'other', 'a', 'other']);
    expect(limit.within('n', { route: 'c' })).toEqual({ route: 'c' });
  });
});
