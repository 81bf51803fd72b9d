import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { KnownOfferings } from '../../../src/cloud/prices/known-offerings.js';
import { onDemandFileText, readOnDemandFile } from '../../../src/cloud/prices/on-demand-file.js';
import { readKnownOfferings } from '../../../src/cloud/prices/known-offerings.js';

const KNOWN: KnownOfferings = {
  regions: new Set(['us-east-1', 'eu-west-1', 'cn-north-1']),
  types: new Set(['m5.large', 'm5.xlarge', 'c5.large']),
  zones: new Set(['us-east-1a']),
};
const HEADER = 'region,type,usd_per_hour,cny_per_hour,generated_at';

const problems = (text: string): string[] =>
  readOnDemandFile('p.csv', text, KNOWN).problems.map(
    ({ line, column, path, message, hint }) =>
      `${line}:${column} ${path}: ${message}${hint === undefined ? '' : ` — ${hint}`}`,
  );
const row = (text: string): string[] => problems(`${HEADER}\n${text}\n`);

describe('an on-demand price file', () => {
  it('reads the shipped lists of 2023 and 2026 without a problem', () => {
    const known = readKnownOfferings();
    for (const [file, rows] of [
      ['on-demand-prices.csv', 2904],
      ['on-demand-prices-2023.csv', 730],
    ] as const) {
      const text = readFileSync(new URL(`../../../pricing-data/${file}`, import.meta.url), 'utf8');
      const read = readOnDemandFile(file, text, known);
      expect(read.problems).toEqual([]);
      expect(read.prices).toHaveLength(rows);
    }
  });

  it('reads what it writes, whatever the prices, also with CRLF and a byte order mark', () => {
    const price = fc.record({
      region: fc.constantFrom(...KNOWN.regions),
      type: fc.constantFrom(...KNOWN.types),
      price: fc.integer({ min: 1, max: 99_999_999 }).map((micro) => (micro / 1e6).toFixed(6)),
      generatedAt: fc.constantFrom('', '2026-07-06T14:20:29Z'),
    });
    const lists = fc.uniqueArray(price, { minLength: 1, selector: ({ region, type }) => `${region} ${type}` });
    fc.assert(
      fc.property(lists, (prices) => {
        const text = onDemandFileText(prices);
        const read = readOnDemandFile('p.csv', text, KNOWN);
        expect(read.problems).toEqual([]);
        expect(onDemandFileText(read.prices)).toBe(text);
        expect(readOnDemandFile('p.csv', `\uFEFF${text.replaceAll('\n', '\r\n')}`, KNOWN).prices).toEqual(read.prices);
      }),
    );
  });

  it.each([
    [
      'an unknown type',
      'us-east-1,m5.lrage,0.1,,',
      '2:11 type: "m5.lrage" is no instance type that karpsim knows — did you mean "m5.large"?',
    ],
    [
      'an unknown region',
      'us-esat-1,m5.large,0.1,,',
      '2:1 region: "us-esat-1" is no region that karpsim knows — did you mean "us-east-1"?',
    ],
    ['an empty name', 'us-east-1,,0.1,,', '2:11 type: the instance type is empty'],
    ['a negative price', 'us-east-1,m5.large,-0.1,,', '2:20 usd_per_hour: -0.1 is negative'],
    ['a missing price', 'us-east-1,m5.large,,,', '2:20 usd_per_hour: the price is missing'],
    ['a price of zero', 'us-east-1,m5.large,0.000,,', '2:20 usd_per_hour: the price is zero'],
    ['NaN', 'us-east-1,m5.large,NaN,,', '2:20 usd_per_hour: "NaN" is not a price'],
    ['Infinity', 'us-east-1,m5.large,Infinity,,', '2:20 usd_per_hour: "Infinity" is not a price'],
    ['an exponent', 'us-east-1,m5.large,1e-3,,', '2:20 usd_per_hour: "1e-3" is not a price'],
    [
      'an absurd price',
      'us-east-1,m5.large,99999999,,',
      '2:20 usd_per_hour: "99999999" an hour is beyond any instance\'s price',
    ],
    [
      'dollars in China',
      'cn-north-1,m5.large,0.1,0.65,',
      '2:21 usd_per_hour: cn-north-1 is priced in yuan, so "0.1" has no meaning',
    ],
    [
      'yuan elsewhere',
      'us-east-1,m5.large,0.1,0.65,',
      '2:24 cny_per_hour: us-east-1 is priced in dollars, so "0.65" has no meaning',
    ],
    ['a time that is none', 'us-east-1,m5.large,0.1,,yesterday', '2:25 generated_at: "yesterday" is not a time'],
    ['a missing field', 'us-east-1,m5.large,0.1', '2:1 : the row has 3 fields'],
  ])('names the row and column of %s', (_, text, problem) => {
    expect(row(text)).toEqual([problem]);
  });

  it.each(["=cmd|' /C calc'!A0", '+1+1', '-2+3', '@SUM(A1)', '\t=1'])(
    'refuses the formula %j in every column',
    (cell) => {
      const quoted = `"${cell}"`;
      for (const text of [
        `${quoted},m5.large,0.1,,`,
        `us-east-1,${quoted},0.1,,`,
        `us-east-1,m5.large,${quoted},,`,
        `us-east-1,m5.large,0.1,${quoted},`,
        `us-east-1,m5.large,0.1,,${quoted}`,
      ]) {
        const [problem, ...others] = row(text);
        expect(others).toEqual([]);
        expect(problem).toMatch(/formula|is not a price|is negative/);
      }
    },
  );

  it('refuses a second row of a type and names the first', () => {
    expect(row('us-east-1,m5.large,0.1,,\neu-west-1,m5.large,0.1,,\nus-east-1,m5.large,0.2,,')).toEqual([
      '4:11 type: m5.large in us-east-1 has a price in line 2 already',
    ]);
  });

  it('tells all problems of all rows at once', () => {
    expect(row('us-east-1,m5.large,x,,\nmars,c5.large,0.1,,\nus-east-1,c5.large,,,')).toHaveLength(3);
  });

  it.each([
    ['', 'the file is empty'],
    [HEADER, 'there is no price below the header'],
    ['region,type', 'there is no column usd_per_hour'],
    ['region,type,usd_per_hour,colour\n', '1:26 "colour": unknown column "colour"'],
    ['region,type,type,usd_per_hour\n', '1:13 type: column type stands there twice'],
    ['InstanceType,OnDemand\n', 'unknown column "InstanceType"'],
    [`${HEADER}\nus-east-1,"m5.large,0.1,,\n`, 'Quote Not Closed'],
  ])('refuses %j', (text, message) => {
    expect(problems(text).join('\n')).toContain(message);
  });

  it('keeps good rows beside bad ones apart from them', () => {
    const { prices } = readOnDemandFile(
      'p.csv',
      `${HEADER}\nus-east-1,m5.large,0.096,,\nus-east-1,c5.large,x,,\n`,
      KNOWN,
    );
    expect(prices).toEqual([{ region: 'us-east-1', type: 'm5.large', price: '0.096', generatedAt: '' }]);
  });
});
