import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OpenClaim } from '../../../src/karpenter/scheduling/open-claim.js';
import { OpenClaims } from '../../../src/karpenter/scheduling/open-claims.js';
import { unstableSortInPlace } from '../../../src/karpenter/scheduling/unstable-sort.js';
import { pass, pod, pods } from './pass.js';

/** As much of a NodeClaim as its order depends on. */
interface Sketch {
  readonly name: number;
  pods: { length: number };
  isFull: boolean;
}

describe('the order of open NodeClaims', () => {
  it('is that of a list which is sorted before every attempt, full ones left out', () => {
    const steps = fc.array(fc.record({ opens: fc.boolean(), pick: fc.nat(), fills: fc.boolean() }), { maxLength: 120 });
    fc.assert(
      fc.property(steps, (moves) => {
        const claims = new OpenClaims();
        const plain: Sketch[] = [];
        for (const { opens, pick, fills } of moves) {
          unstableSortInPlace(plain, (a, b) => a.pods.length < b.pods.length);
          const withRoom = plain.filter(({ isFull }) => !isFull);
          const inOrder = claims.inOrder() as unknown as readonly Sketch[];
          expect(inOrder.map(({ name }) => name)).toEqual(withRoom.map(({ name }) => name));
          const chosen = withRoom[pick % Math.max(1, withRoom.length)];
          if (opens || chosen === undefined) {
            const opened: Sketch = { name: plain.length, pods: { length: 1 }, isFull: fills };
            plain.push(opened);
            claims.append(opened as unknown as OpenClaim);
          } else {
            chosen.pods = { length: chosen.pods.length + 1 };
            chosen.isFull = fills;
            claims.grew(chosen as unknown as OpenClaim);
          }
        }
        expect((claims.all as unknown as readonly Sketch[]).length).toBe(plain.length);
      }),
    );
  });

  it('lets equal pods share the answer of the type filter, and no others', () => {
    const mixed = [...pods('big', 3, 9), ...pods('fit', 3, 7), pod('other', 6.5), ...pods('more', 3, 9)];
    const { claims, errors } = pass({ pods: mixed });
    expect(claims.map(({ pods: placed }) => placed)).toEqual([['fit1'], ['fit2'], ['fit3'], ['other']]);
    expect(Object.values(errors)).toEqual(Array(6).fill('no-types-resources'));
  });
});
