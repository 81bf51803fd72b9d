import { shownCell } from '../data/csv-records.js';
import { isChina } from './on-demand-file.js';

/** A condition of a price list query. */
export interface PriceListFilter {
  readonly field: string;
  readonly value: string;
}

/** One page of products, each a JSON text. */
export interface PriceListPage {
  readonly items: readonly string[];
  readonly nextToken?: string | undefined;
}

/** Asks the Price List API for a page; retries are its own affair. */
export type AskForPage = (filters: readonly PriceListFilter[], nextToken: string | undefined) => Promise<PriceListPage>;

/** What the API answered. */
export interface PriceList {
  /** Price an hour by type, as written. */
  readonly prices: ReadonlyMap<string, string>;
  readonly pages: number;
  readonly items: number;
  /** Items that are no price of an instance type, in words. */
  readonly refused: readonly string[];
}

/** The API answered something that makes the whole list useless. */
export class PriceListError extends Error {
  override readonly name = 'PriceListError';
}

const MOST_PAGES = 2000;
const TYPE_NAME = /^[a-z][a-z0-9-]{0,31}\.[a-z0-9-]{1,31}$/;
const PRICE = /^\d{1,6}(\.\d{1,10})?$/;

/**
 * Karpenter's own two queries for a region (aws.md §7): Linux on shared tenancy, and bare metal, which AWS lists as dedicated.
 */
function priceListQueries(region: string): readonly (readonly PriceListFilter[])[] {
  const filters = (tenancy: string, productFamily: string): readonly PriceListFilter[] => [
    { field: 'regionCode', value: region },
    { field: 'serviceCode', value: 'AmazonEC2' },
    { field: 'preInstalledSw', value: 'NA' },
    { field: 'operatingSystem', value: 'Linux' },
    { field: 'capacitystatus', value: 'Used' },
    { field: 'marketoption', value: 'OnDemand' },
    { field: 'tenancy', value: tenancy },
    { field: 'productFamily', value: productFamily },
  ];
  return [filters('Shared', 'Compute Instance'), filters('Dedicated', 'Compute Instance (bare metal)')];
}

/** The region whose Price List endpoint Karpenter asks: there are four in the world. */
export function priceListEndpointRegion(region: string): string {
  if (region.startsWith('ap-')) return 'ap-south-1';
  if (isChina(region)) return 'cn-northwest-1';
  return region.startsWith('eu-') ? 'eu-central-1' : 'us-east-1';
}

/**
 * Reads the on-demand prices of a region, page by page. An item that cannot be read is left out and told; where two items
 * disagree, the later one counts, as in Karpenter.
 * @throws PriceListError when the pages have no end
 */
export async function fetchPriceList(region: string, ask: AskForPage): Promise<PriceList> {
  const prices = new Map<string, string>();
  const refused: string[] = [];
  let pages = 0;
  let items = 0;
  for (const filters of priceListQueries(region)) {
    const tokens = new Set<string>();
    let nextToken: string | undefined;
    do {
      const page = await ask(filters, nextToken);
      pages++;
      for (const item of page.items) {
        items++;
        const read = readItem(item, isChina(region) ? 'CNY' : 'USD');
        if (typeof read === 'string') {
          refused.push(read);
          continue;
        }
        const before = prices.get(read.type);
        if (before !== undefined && Number(before) !== Number(read.price)) {
          refused.push(`${read.type} at ${before}, since a later item says ${read.price}`);
        }
        prices.set(read.type, read.price);
      }
      nextToken = page.nextToken === '' ? undefined : page.nextToken;
      if (nextToken !== undefined && (tokens.has(nextToken) || tokens.size >= MOST_PAGES)) {
        throw new PriceListError('the pages of the price list have no end: a page token came twice, or too many came');
      }
      if (nextToken !== undefined) tokens.add(nextToken);
    } while (nextToken !== undefined);
  }
  return { prices, pages, items, refused };
}

/** Type and price of a product, or why it is none. */
function readItem(item: string, currency: string): { readonly type: string; readonly price: string } | string {
  let product: unknown;
  try {
    product = JSON.parse(item);
  } catch {
    return `an item that is not JSON: ${shownCell(item)}`;
  }
  const type = at(product, ['product', 'attributes', 'instanceType']);
  if (typeof type !== 'string') return `an item without instance type: ${shownCell(item)}`;
  if (!TYPE_NAME.test(type)) return `${shownCell(type)}, which is no name of an instance type`;
  const dimension = first(at(first(at(product, ['terms', 'OnDemand'])), ['priceDimensions']));
  const price = at(dimension, ['pricePerUnit', currency]);
  if (typeof price !== 'string') return `${type} without an on-demand price in ${currency}`;
  if (!PRICE.test(price)) return `${type}, whose price is ${shownCell(price)}`;
  if (Number(price) === 0) return `${type}, whose price is zero`;
  return { type, price: trimmed(price) };
}

/** At least six decimals, and no zeros beyond them. */
function trimmed(price: string): string {
  const [whole = '0', decimals = ''] = price.split('.');
  return `${whole.replace(/^0+(?=\d)/, '')}.${decimals.replace(/0+$/, '').padEnd(6, '0')}`;
}

function at(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return at((value as Readonly<Record<string, unknown>>)[key], rest);
}

function first(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.values(value)[0] : undefined;
}
