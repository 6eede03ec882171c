import fc from 'fast-check';
import { Html, markup } from './markup.js';

describe('the template of the page', () => {
  it('escapes every value, in text and in attributes', () => {
    const name = `<script>alert("x")</script>' & co`;
    expect(markup`<p title="${name}">${name}</p>`.text).toBe(
      '<p title="&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39; &amp; co">' +
        '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39; &amp; co</p>',
    );
  });

  it('lets no value out of its place, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const { text } = markup`<b>${value}</b>`;
        expect(text.slice(3, -4)).not.toMatch(/[<>"']/);
      }),
    );
  });

  it('takes parts as they are, lists without commas, and nothing for what is not there', () => {
    const parts = [1, 2].map((n) => markup`<li>${n}</li>`);
    expect(markup`<ol>${parts}${undefined}${null}${false}</ol>`.text).toBe(
      '<ol><li>1</li><li>2</li></ol>',
    );
    expect(markup`${new Html('<hr>')}`.text).toBe('<hr>');
  });
});
