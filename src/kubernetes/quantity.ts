/** An exact Kubernetes quantity in billionths of its unit (QTY-1: nano is the finest that the API keeps). */
export interface Quantity {
  readonly nano: bigint;
}

/** Why a text is not a quantity. */
export interface QuantityError {
  readonly code: 'not-a-quantity' | 'quantity-too-large';
  readonly text: string;
}

const NANO = 1_000_000_000n;
const MILLI_IN_NANO = 1_000_000n;
/** Exponents beyond this are a slip of the pen; the cap keeps `1e999999999` from building a number of that length. */
const LARGEST_EXPONENT = 40;

const GRAMMAR = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d+))?$/;

const DECIMAL_EXPONENTS: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

const BINARY_FACTORS: Readonly<Record<string, bigint>> = {
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
};

/**
 * Reads a Kubernetes quantity (`250m`, `1.5Gi`, `2e3`, `-1`, `.5`) without loss. Digits finer than nano round away from
 * zero, as the API does (QTY-1). Returns the error as data; see {@link isQuantityError}.
 */
export function parseQuantity(text: string): Quantity | QuantityError {
  const match = GRAMMAR.exec(text);
  if (match === null) return { code: 'not-a-quantity', text };
  const [, sign, digits = '', binary, decimal, exponentText] = match;
  const exponent = exponentText === undefined ? (DECIMAL_EXPONENTS[decimal ?? ''] ?? 0) : Number(exponentText);
  if (Math.abs(exponent) > LARGEST_EXPONENT) {
    // So small a number still rounds up to one billionth, unless it is zero.
    if (exponent < 0) return { nano: /[1-9]/.test(digits) ? (sign === '-' ? -1n : 1n) : 0n };
    return { code: 'quantity-too-large', text };
  }
  const [whole = '', fraction = ''] = digits.split('.');
  const factor = binary === undefined ? 1n : (BINARY_FACTORS[binary] ?? 1n);
  const nano = scaleRoundingUp(BigInt(`0${whole}${fraction}`) * factor * NANO, exponent - fraction.length);
  return { nano: sign === '-' ? -nano : nano };
}

/** Tells an error from a quantity. */
export function isQuantityError(value: Quantity | QuantityError | number): value is QuantityError {
  return typeof value === 'object' && 'code' in value;
}

/**
 * Amount of a resource in the unit of a `ResourceList`, rounded up as Kubernetes does: milli-cpu for `cpu`, whole base
 * units (bytes, counts) for everything else. Exact below 2^53.
 */
export function amountOf(resource: string, quantity: Quantity): number {
  return Number(ceilDiv(quantity.nano, resource === 'cpu' ? MILLI_IN_NANO : NANO));
}

/** The commonest spellings: digits, optionally with a suffix. Manifests hold little else, and a big dump holds many. */
const PLAIN = /^(\d{1,9})(m|Ki|Mi|Gi)?$/;

/** {@link parseQuantity} and {@link amountOf} in one step. */
export function parseAmount(resource: string, text: string): number | QuantityError {
  const plain = PLAIN.exec(text);
  if (plain !== null) {
    const value = Number(plain[1]);
    const cpu = resource === 'cpu';
    switch (plain[2]) {
      case undefined:
        return cpu ? value * 1000 : value;
      case 'm':
        return cpu ? value : Math.ceil(value / 1000);
      case 'Ki':
        if (!cpu) return value * 1024;
        break;
      case 'Mi':
        if (!cpu) return value * 1_048_576;
        break;
      case 'Gi':
        if (!cpu && value < 1_000_000) return value * 1_073_741_824;
    }
  }
  const quantity = parseQuantity(text);
  return isQuantityError(quantity) ? quantity : amountOf(resource, quantity);
}

/** Canonical text of an amount: cpu `250m` or `2`, every other resource as a plain integer. */
export function formatAmount(resource: string, amount: number): string {
  if (resource !== 'cpu') return String(amount);
  return amount % 1000 === 0 ? String(amount / 1000) : `${amount}m`;
}

/** Text of an amount for people: as {@link formatAmount}, but bytes with the largest binary suffix that is exact. */
export function formatAmountShort(resource: string, amount: number): string {
  if (amount === 0 || !isByteResource(resource)) return formatAmount(resource, amount);
  for (const [suffix, bytes] of [['Gi', 1_073_741_824] as const, ['Mi', 1_048_576] as const, ['Ki', 1024] as const]) {
    if (amount % bytes === 0) return `${amount / bytes}${suffix}`;
  }
  return String(amount);
}

function isByteResource(resource: string): boolean {
  return ['memory', 'ephemeral-storage', 'storage'].includes(resource) || resource.startsWith('hugepages-');
}

/** `value × 10^exponent` for a value ≥ 0, fractions rounded up. */
function scaleRoundingUp(value: bigint, exponent: number): bigint {
  return exponent >= 0 ? value * 10n ** BigInt(exponent) : ceilDiv(value, 10n ** BigInt(-exponent));
}

function ceilDiv(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value > 0n && value % divisor !== 0n ? quotient + 1n : quotient;
}
