import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The feed keeps headers and payload as the topic has them, so that an event moves into it without leaving the server. */
export class FeedKeepsRecords1764000000302 implements MigrationInterface {
  readonly name = 'FeedKeepsRecords1764000000302';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table publish.feed add headers text, add value text;
      update publish.feed set value = (event -> 'data')::text,
        headers = (select json_object_agg(case key when 'datacontenttype' then 'content-type' else 'ce_' || key end, value)::text
                     from json_each_text(event) where key <> 'data');
      alter table publish.feed drop event, alter headers set not null, alter value set not null;
      -- Rows come and, days later, go; a vacuum for what came in the meantime would only read it all again.
      alter table publish.feed set (autovacuum_vacuum_insert_threshold = -1);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table publish.feed reset (autovacuum_vacuum_insert_threshold);
      alter table publish.feed add event json;
      update publish.feed set event = (
        (select json_object_agg(case key when 'content-type' then 'datacontenttype' else substr(key, 4) end, value)::jsonb
           from json_each_text(headers::json)) || jsonb_build_object('data', value::jsonb))::json;
      alter table publish.feed drop headers, drop value, alter event set not null;`);
  }
}
