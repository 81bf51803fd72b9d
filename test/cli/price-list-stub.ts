import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the stub saw of one request. */
export interface SeenRequest {
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly body: {
    readonly ServiceCode: string;
    readonly FormatVersion: string;
    readonly MaxResults: number;
    readonly NextToken?: string;
    readonly Filters: readonly { readonly Type: string; readonly Field: string; readonly Value: string }[];
  };
}

/** How the stub answers instead of with a page. */
export type Fault = 'throttle' | 'error-500' | 'drop' | 'hang' | 'denied' | 'not-json';

/** The Price List API on a local port: AWS JSON 1.1, pages, and faults on demand. */
export class PriceListStub {
  readonly requests: SeenRequest[] = [];
  /** Faults by number of the request, from 0. */
  readonly faults = new Map<number, Fault>();
  /** A fault of every request from this one on. */
  faultsFrom: { readonly request: number; readonly fault: Fault } | undefined;
  pageSize = 100;
  /** Gives the same token again and again. */
  endless = false;
  /** Called with the number of a request before it is answered. */
  onRequest: (request: number) => void = () => undefined;

  private constructor(
    private readonly server: Server,
    /** JSON texts of the products of each query. */
    readonly shared: string[],
    readonly metal: string[],
  ) {}

  static async start(): Promise<PriceListStub> {
    const server = createServer();
    const stub = new PriceListStub(server, [], []);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      let text = '';
      request.on('data', (chunk) => (text += String(chunk)));
      request.on('end', () => {
        stub.#answer(request, response, text);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return stub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Everything a process needs to ask the stub and nobody else. */
  get env(): Readonly<Record<string, string>> {
    return {
      AWS_ENDPOINT_URL_PRICING: this.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse, text: string): void {
    const { headers, method } = request;
    const body = JSON.parse(text) as SeenRequest['body'];
    const number = this.requests.length;
    this.requests.push({
      method,
      target: String(headers['x-amz-target']),
      contentType: headers['content-type'],
      authorization: headers.authorization,
      body,
    });
    this.onRequest(number);
    const late = this.faultsFrom !== undefined && number >= this.faultsFrom.request ? this.faultsFrom.fault : undefined;
    const fault = this.faults.get(number) ?? late;
    const reply = (status: number, answer: string): void => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(answer);
    };
    if (fault === 'drop') request.socket.destroy();
    else if (fault === 'throttle') reply(400, '{"__type":"ThrottlingException","Message":"Rate exceeded"}');
    else if (fault === 'denied') reply(400, '{"__type":"AccessDeniedException","Message":"no"}');
    else if (fault === 'error-500') reply(500, '{"__type":"InternalErrorException","Message":"oops"}');
    else if (fault === 'not-json') reply(200, '<html>proxy</html>');
    else if (fault === undefined) reply(200, this.#page(body));
  }

  #page({ Filters, NextToken }: SeenRequest['body']): string {
    const isMetal = Filters.some(({ Value }) => Value === 'Compute Instance (bare metal)');
    const products = isMetal ? this.metal : this.shared;
    const from = NextToken === undefined ? 0 : Number(NextToken.split('-')[1]);
    const to = from + this.pageSize;
    const more = this.endless ? { NextToken: 'page-0' } : to < products.length ? { NextToken: `page-${to}` } : {};
    return JSON.stringify({ FormatVersion: 'aws_v1', PriceList: products.slice(from, to), ...more });
  }
}

/** A product as the API has it. */
export function product(instanceType: string, price: string, currency = 'USD'): string {
  const dimensions = { 'SKU.J.6': { unit: 'Hrs', pricePerUnit: { [currency]: price } } };
  return JSON.stringify({
    product: { productFamily: 'Compute Instance', sku: 'SKU', attributes: { instanceType, operatingSystem: 'Linux' } },
    serviceCode: 'AmazonEC2',
    terms: { OnDemand: { 'SKU.J': { priceDimensions: dimensions } } },
  });
}
