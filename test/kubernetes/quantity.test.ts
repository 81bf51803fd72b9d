import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  amountOf,
  formatAmount,
  formatAmountShort,
  isQuantityError,
  parseAmount,
  parseQuantity,
} from '../../src/kubernetes/quantity.js';

function nano(text: string): bigint {
  const quantity = parseQuantity(text);
  if (isQuantityError(quantity)) throw new Error(`${text} does not parse`);
  return quantity.nano;
}

describe('parseQuantity', () => {
  it.each([
    ['0', 0n],
    ['1', 1_000_000_000n],
    ['+1', 1_000_000_000n],
    ['-1', -1_000_000_000n],
    ['100m', 100_000_000n],
    ['1n', 1n],
    ['1u', 1_000n],
    ['.5', 500_000_000n],
    ['5.', 5_000_000_000n],
    ['1.5Gi', 1_610_612_736_000_000_000n],
    ['0.9Gi', 966_367_641_600_000_000n],
    ['1k', 1_000_000_000_000n],
    ['1M', 10n ** 15n],
    ['1G', 10n ** 18n],
    ['1T', 10n ** 21n],
    ['1P', 10n ** 24n],
    ['1E', 10n ** 27n],
    ['1Ki', 1024n * 10n ** 9n],
    ['1Mi', 1024n ** 2n * 10n ** 9n],
    ['1Ti', 1024n ** 4n * 10n ** 9n],
    ['1Pi', 1024n ** 5n * 10n ** 9n],
    ['1Ei', 1024n ** 6n * 10n ** 9n],
    ['1e3', 10n ** 12n],
    ['1E3', 10n ** 12n],
    ['1e-3', 10n ** 6n],
    ['12.5e+1', 125n * 10n ** 9n],
  ])('reads %s exactly', (text, expected) => {
    expect(nano(text)).toBe(expected);
  });

  it('rounds what is finer than nano away from zero (QTY-1)', () => {
    expect(nano('0.0000000001')).toBe(1n);
    expect(nano('-0.0000000001')).toBe(-1n);
    expect(nano('1.0000000001')).toBe(1_000_000_001n);
    expect(nano('0.1n')).toBe(1n);
    expect(nano('1e-300')).toBe(1n);
    expect(nano('0e-300')).toBe(0n);
  });

  it.each(['', ' 1', '1 ', '1.2.3', '1KB', '1ki', '1K', '1mi', '--1', '1e', '1e1.5', 'abc', '.', '0x10', '1_000', '½'])(
    'refuses %j',
    (text) => {
      expect(parseQuantity(text)).toEqual({ code: 'not-a-quantity', text });
    },
  );

  it('refuses an exponent beyond reason instead of computing it', () => {
    expect(parseQuantity('1e999999999')).toEqual({ code: 'quantity-too-large', text: '1e999999999' });
  });
});

describe('amountOf and parseAmount', () => {
  it.each([
    ['cpu', '250m', 250],
    ['cpu', '2', 2000],
    ['cpu', '0.1', 100],
    ['cpu', '0.0001', 1],
    ['cpu', '1001u', 2],
    ['cpu', '1Ki', 1_024_000],
    ['memory', '512Mi', 536_870_912],
    ['memory', '1000Gi', 1_073_741_824_000],
    ['memory', '0.9Gi', 966_367_642],
    ['memory', '100m', 1],
    ['memory', '1500M', 1_500_000_000],
    ['nvidia.com/gpu', '2', 2],
    ['pods', '110', 110],
  ])('%s %s is %d, rounded up', (resource, text, expected) => {
    expect(parseAmount(resource, text)).toBe(expected);
  });

  it('hands the error on', () => {
    expect(parseAmount('memory', '10GB')).toEqual({ code: 'not-a-quantity', text: '10GB' });
  });

  it('agrees with the exact path for every spelling', () => {
    const suffix = fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'Ti', 'e2', 'E-2');
    const digits = fc.oneof(
      fc.nat({ max: 999_999_999 }).map(String),
      fc.tuple(fc.nat({ max: 99_999 }), fc.nat({ max: 999 })).map(([whole, part]) => `${whole}.${part}`),
    );
    fc.assert(
      fc.property(fc.constantFrom('cpu', 'memory'), digits, suffix, (resource, number, unit) => {
        const quantity = parseQuantity(number + unit);
        expect(isQuantityError(quantity)).toBe(false);
        if (!isQuantityError(quantity)) expect(parseAmount(resource, number + unit)).toBe(amountOf(resource, quantity));
      }),
    );
  });

  it('never rounds down', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 21n }), (value) => {
        const units = BigInt(amountOf('memory', { nano: value }));
        expect(units * 10n ** 9n >= value && (units - 1n) * 10n ** 9n < value).toBe(true);
      }),
    );
  });
});

describe('formatting', () => {
  it('writes cpu in milli or whole cores, the rest as integers', () => {
    expect(formatAmount('cpu', 250)).toBe('250m');
    expect(formatAmount('cpu', 2000)).toBe('2');
    expect(formatAmount('cpu', 0)).toBe('0');
    expect(formatAmount('memory', 536_870_912)).toBe('536870912');
  });

  it('writes bytes for people with the largest exact suffix', () => {
    expect(formatAmountShort('memory', 536_870_912)).toBe('512Mi');
    expect(formatAmountShort('ephemeral-storage', 21_474_836_480)).toBe('20Gi');
    expect(formatAmountShort('memory', 1025)).toBe('1025');
    expect(formatAmountShort('memory', 0)).toBe('0');
    expect(formatAmountShort('pods', 1024)).toBe('1024');
    expect(formatAmountShort('cpu', 1500)).toBe('1500m');
  });

  it('is read back as the same amount', () => {
    fc.assert(
      fc.property(fc.constantFrom('cpu', 'memory', 'pods'), fc.nat({ max: 2 ** 40 }), (resource, amount) => {
        expect(parseAmount(resource, formatAmount(resource, amount))).toBe(amount);
        expect(parseAmount(resource, formatAmountShort(resource, amount))).toBe(amount);
      }),
    );
  });
});
