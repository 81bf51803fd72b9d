import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onDemandFileText, readOnDemandFile } from '../../src/cloud/prices/on-demand-file.js';
import { readKnownOfferings } from '../../src/cloud/prices/known-offerings.js';
import { Desk, karpsim, type Finished } from './karpsim.js';
import { PriceListStub, product } from './price-list-stub.js';

const known = readKnownOfferings();
/** Real names, so that they are known: 300 on shared tenancy and all bare metal. */
const NAMES = [...known.types].sort();
const METAL = NAMES.filter((name) => name.includes('.metal')).slice(0, 20);
const SHARED = NAMES.filter((name) => !name.includes('.metal')).slice(0, 300);

describe('karpsim pricing refresh', () => {
  let desk: Desk;
  let stub: PriceListStub;

  beforeEach(async () => {
    desk = new Desk();
    stub = await PriceListStub.start();
    stub.shared.push(...SHARED.map((name, index) => product(name, `${1 + index}.0960000000`)));
    stub.metal.push(...METAL.map((name) => product(name, '4.6080000000')));
  });

  afterEach(async () => {
    await stub.stop();
    desk.clear();
  });

  const refresh = (...args: string[]): Promise<Finished> =>
    karpsim(['pricing', 'refresh', '--region', 'us-east-1', '--out', 'prices.csv', ...args], {
      cwd: desk.folder,
      env: { ...stub.env, AWS_MAX_ATTEMPTS: '3' },
    });
  const book = () => readOnDemandFile('prices.csv', readFileSync(desk.path('prices.csv'), 'utf8'), known);
  const writeBook = (rows: readonly (readonly [type: string, price: string, region?: string])[]): string => {
    const generatedAt = '2026-01-01T00:00:00Z';
    const prices = rows.map(([type, price, region = 'us-east-1']) => ({ region, type, price, generatedAt }));
    const text = onDemandFileText(prices);
    writeFileSync(desk.path('prices.csv'), text);
    return text;
  };
  const listed = (): [string, string][] => [
    ...SHARED.map((name, index): [string, string] => [name, `${1 + index}.096000`]),
    ...METAL.map((name): [string, string] => [name, '4.608000']),
  ];
  const unchanged = (text: string): void => {
    expect(readFileSync(desk.path('prices.csv'), 'utf8')).toBe(text);
    expect(readdirSync(desk.folder)).toEqual(['prices.csv']);
  };

  it("asks with Karpenter's two queries in AWS's protocol, reads every page, and writes a price file (aws.md §7)", async () => {
    writeBook(listed());
    const { code, stderr } = await refresh();
    expect([code, stderr]).toEqual([0, '']);
    expect(stub.requests).toHaveLength(4);
    const [first, second, , last] = stub.requests;
    expect(first).toMatchObject({
      method: 'POST',
      target: 'AWSPriceListService.GetProducts',
      contentType: 'application/x-amz-json-1.1',
      body: { ServiceCode: 'AmazonEC2', FormatVersion: 'aws_v1', MaxResults: 100 },
    });
    expect(first?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=test\/\d+\/us-east-1\/pricing\/aws4_request/);
    const filters = (request = first): string[] =>
      (request?.body.Filters ?? []).map(({ Type, Field, Value }) => `${Type} ${Field}=${Value}`);
    const common = [
      'TERM_MATCH regionCode=us-east-1',
      'TERM_MATCH serviceCode=AmazonEC2',
      'TERM_MATCH preInstalledSw=NA',
      'TERM_MATCH operatingSystem=Linux',
      'TERM_MATCH capacitystatus=Used',
      'TERM_MATCH marketoption=OnDemand',
    ];
    expect(filters()).toEqual([...common, 'TERM_MATCH tenancy=Shared', 'TERM_MATCH productFamily=Compute Instance']);
    expect(filters(last)).toEqual([
      ...common,
      'TERM_MATCH tenancy=Dedicated',
      'TERM_MATCH productFamily=Compute Instance (bare metal)',
    ]);
    expect([first?.body.NextToken, second?.body.NextToken]).toEqual([undefined, 'page-100']);
    const { prices, problems } = book();
    expect(problems).toEqual([]);
    expect(prices.map(({ type, price }) => [type, price])).toEqual(listed().sort(([a], [b]) => (a < b ? -1 : 1)));
  });

  it('waits out throttling, a server error and a dropped connection', async () => {
    writeBook(listed());
    stub.faults.set(0, 'throttle').set(2, 'error-500').set(4, 'drop');
    const { code, stderr } = await refresh();
    expect([code, stderr]).toEqual([0, '']);
    expect(stub.requests).toHaveLength(7);
    expect(book().prices).toHaveLength(320);
  });

  it('compares with the old book: added, gone, changed by more than 5 %, and by less', async () => {
    const [, [second, price] = ['', ''], [third] = [''], ...others] = listed();
    const gone = NAMES.find((name) => !SHARED.includes(name) && !METAL.includes(name)) ?? '';
    writeBook([[second, String(Number(price) * 1.2)], [third, '3.100000'], [gone, '1.000000'], ...others]);
    const { code, stdout } = await refresh('--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      added: [SHARED[0]],
      gone: [gone],
      changed: [{ type: second, before: Number(price) * 1.2, after: Number(price) }],
      moved: 1,
      written: true,
      refused: false,
    });
  });

  it('keeps the prices of other regions that stand in the file', async () => {
    writeBook([...listed(), ['m5.large', '0.121000', 'eu-west-1'], ['m5.large', '0.650000', 'cn-north-1']]);
    expect((await refresh()).code).toBe(0);
    expect(book().prices.filter(({ region }) => region !== 'us-east-1')).toEqual([
      { region: 'cn-north-1', type: 'm5.large', price: '0.650000', generatedAt: '2026-01-01T00:00:00Z' },
      { region: 'eu-west-1', type: 'm5.large', price: '0.121000', generatedAt: '2026-01-01T00:00:00Z' },
    ]);
  });

  it('a dry run tells the difference and writes nothing', async () => {
    const text = writeBook(listed().slice(1));
    const { code, stdout } = await refresh('--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain(`added: 1 (${SHARED[0] ?? ''})`);
    expect(stdout).toContain('Nothing was written (--dry-run)');
    unchanged(text);
  });

  it('does not replace a book that would lose more than a tenth of its types, unless forced', async () => {
    const text = writeBook(listed());
    stub.shared.splice(200);
    const refused = await refresh();
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('Not written: 100 of 320 types are gone');
    unchanged(text);
    expect((await refresh('--force')).code).toBe(0);
    expect(book().prices).toHaveLength(220);
  });

  it.each([
    ['an empty answer', (s: PriceListStub) => (s.shared.splice(0), s.metal.splice(0)), 'AWS lists no on-demand price'],
    ['a failure on the second page', (s: PriceListStub) => (s.faultsFrom = { request: 1, fault: 'error-500' }), 'oops'],
    [
      'throttling without end',
      (s: PriceListStub) => (s.faultsFrom = { request: 2, fault: 'throttle' }),
      'limits the rate',
    ],
    [
      'a refusal',
      (s: PriceListStub) => (s.faultsFrom = { request: 1, fault: 'denied' }),
      'allow them pricing:GetProducts',
    ],
    [
      'an answer that is not JSON',
      (s: PriceListStub) => (s.faultsFrom = { request: 1, fault: 'not-json' }),
      'pricing refresh:',
    ],
    ['pages without end', (s: PriceListStub) => (s.endless = true), 'have no end'],
  ])('%s leaves the old book as it was, and exits 2 with one sentence', async (_, spoil, said) => {
    const text = writeBook(listed());
    spoil(stub);
    const { code, stdout, stderr } = await refresh('--force');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(said);
    expect(stderr).toMatch(/^karpsim: .*Nothing was changed\.\n$/);
    unchanged(text);
  });

  it('an interrupt in the middle leaves the old book as it was', async () => {
    const text = writeBook(listed());
    stub.faults.set(1, 'hang');
    const { signal } = await karpsim(['pricing', 'refresh', '--region', 'us-east-1', '--out', 'prices.csv'], {
      cwd: desk.folder,
      env: stub.env,
      started: (child) => {
        stub.onRequest = (request) => {
          if (request === 1) child.kill('SIGINT');
        };
      },
    });
    expect(signal).toBe('SIGINT');
    unchanged(text);
  });

  it('leaves out items that are no price of an instance type, and tells which', async () => {
    writeBook(listed());
    const hostile = [
      '__proto__',
      '=cmd()',
      '../../etc/passwd',
      'a'.repeat(100_000),
      'm5.large\n,evil',
      'constructor',
      '',
    ];
    stub.shared.unshift(...hostile.map((name) => product(name, '0.1')));
    stub.shared.push('{"product":', '[]', 'null', '"text"', product('m5.large', 'NaN'), product('m5.large', '-1'));
    stub.shared.push(product('m5.large', '0.0000000000'), product('m5.large', '1e9'), product('m5.large', '9', 'EUR'));
    stub.shared.push(product('zz9.plural', '0.5'));
    const { code, stdout, stderr } = await refresh('--json');
    expect([code, stderr]).toEqual([0, '']);
    const { leftOut, unknownTypes, added } = JSON.parse(stdout) as Record<string, string[]>;
    expect(leftOut).toHaveLength(hostile.length + 9);
    expect(leftOut?.every((text) => text.length < 120 && !text.includes('\n'))).toBe(true);
    expect(unknownTypes).toEqual(['zz9.plural']);
    expect(added).toEqual([]);
    expect(book()).toMatchObject({ problems: [] });
    expect(book().prices).toHaveLength(320);
    expect(readFileSync(desk.path('prices.csv'), 'utf8')).not.toMatch(/cmd|passwd|proto/);
  });

  it('without credentials says what is missing', async () => {
    const { code, stderr } = await karpsim(['pricing', 'refresh', '--region', 'us-east-1'], {
      cwd: desk.folder,
      env: {
        ...stub.env,
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_CONFIG_FILE: desk.path('none'),
        AWS_SHARED_CREDENTIALS_FILE: desk.path('none'),
        HOME: desk.folder,
      },
    });
    expect(code).toBe(2);
    expect(stderr).toBe(
      'karpsim: pricing refresh: no AWS credentials were found — set AWS_PROFILE, or AWS_ACCESS_KEY_ID and ' +
        'AWS_SECRET_ACCESS_KEY, of a user that may call pricing:GetProducts. Nothing was changed.\n',
    );
    expect(stub.requests).toEqual([]);
  });

  it('does not replace a file that is no price file, or a folder', async () => {
    writeFileSync(desk.path('prices.csv'), 'dear,diary\n1,2\n');
    const { code, stderr } = await refresh();
    expect(code).toBe(2);
    expect(stderr).toContain('prices.csv:1:1: "dear": unknown column "dear"');
    unchanged('dear,diary\n1,2\n');
    mkdirSync(desk.path('folder'));
    const folder = await karpsim(['pricing', 'refresh', '--region', 'us-east-1', '--out', 'folder'], {
      cwd: desk.folder,
      env: stub.env,
    });
    expect(folder.code).toBe(2);
    expect(folder.stderr).toContain('folder');
  });

  it('reads a region of China in yuan, from the endpoint that Karpenter asks', async () => {
    stub.shared.splice(0, Infinity, product('m5.large', '0.6500000000', 'CNY'));
    stub.metal.splice(0);
    const { code, stdout } = await karpsim(
      ['pricing', 'refresh', '--region', 'cn-north-1', '--out', 'cn.csv', '--force'],
      {
        cwd: desk.folder,
        env: stub.env,
      },
    );
    expect([code, stdout.split('\n')[0]]).toEqual([0, expect.stringContaining('cn-north-1: 1 price from')]);
    expect(stub.requests[0]?.authorization).toContain('/cn-northwest-1/pricing/');
    expect(readFileSync(desk.path('cn.csv'), 'utf8').split('\n')[1]).toMatch(/^cn-north-1,m5.large,,0.650000,20/);
    expect(existsSync(desk.path('prices.csv'))).toBe(false);
  });
});
