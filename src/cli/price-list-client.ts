import { priceListEndpointRegion, PriceListError, type AskForPage } from '../cloud/prices/price-list.js';
import { BadInput } from './exit.js';

/** Throttling and broken connections are waited out, a dead network is not. */
const ATTEMPTS = 6;
const CONNECT_MS = 10_000;
const ANSWER_MS = 60_000;

/** Asks AWS's Price List API, with the caller's own credentials and settings (AWS_PROFILE, AWS_ENDPOINT_URL_PRICING …). */
export async function priceListClient(region: string): Promise<AskForPage> {
  // The SDK warns of Node versions to come, on stderr, at its first import.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const { GetProductsCommand, PricingClient } = await import('@aws-sdk/client-pricing');
  const client = new PricingClient({
    region: priceListEndpointRegion(region),
    maxAttempts: Number(process.env['AWS_MAX_ATTEMPTS']) || ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true },
  });
  return async (filters, nextToken) => {
    const page = await client.send(
      new GetProductsCommand({
        ServiceCode: 'AmazonEC2',
        Filters: filters.map(({ field, value }) => ({ Type: 'TERM_MATCH', Field: field, Value: value })),
        FormatVersion: 'aws_v1',
        MaxResults: 100,
        NextToken: nextToken,
      }),
    );
    // Items come as String objects that parse themselves on demand.
    return { items: ((page.PriceList ?? []) as readonly unknown[]).map(String), nextToken: page.NextToken };
  };
}

const SAID: Readonly<Record<string, string>> = {
  CredentialsProviderError:
    'no AWS credentials were found — set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, of a user that may call pricing:GetProducts',
  AccessDeniedException: 'these AWS credentials may not read prices — allow them pricing:GetProducts',
  ExpiredTokenException: 'these AWS credentials have expired — log in again',
  UnrecognizedClientException: 'AWS does not know these credentials',
  InvalidClientTokenId: 'AWS does not know these credentials',
  InvalidSignatureException:
    'AWS does not accept the signature of these credentials — is the secret key right, and the clock?',
  ThrottlingException: 'AWS limits the rate of requests, and still did after several attempts — try again later',
  TimeoutError: `AWS did not answer in ${ANSWER_MS / 1000} s`,
};

/** A failure of the API as one sentence of ours; the old price book is as it was. */
export function explainedFailure(error: unknown): BadInput {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  const code = (error as NodeJS.ErrnoException).code;
  const words = error instanceof PriceListError ? message : (SAID[name] ?? `${code ?? name}: ${firstLine(message)}`);
  return new BadInput(`pricing refresh: ${words}. Nothing was changed.`, { cause: error });
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line === '' ? 'the connection to AWS broke' : line.replace(/\.$/, '');
}
