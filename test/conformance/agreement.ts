import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { caseFamilies } from '../../src/conformance/case-folder.js';
import { checkFolder } from '../../src/conformance/check-folder.js';
import type { KarpenterVersion } from '../../src/karpenter/settings.js';
import floors from './floors.json' with { type: 'json' };

/** By kind, version and family. */
const FLOORS: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>> = floors;
const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** Families of a version and kind, each with the number of cases that agreed so far: it may only rise. */
export function describeAgreement(kind: 'provisioning' | 'disruption' | 'conditions', version: KarpenterVersion): void {
  describe(`recorded ${kind} of ${version}`, () => {
    it.each(Object.entries(FLOORS[kind]?.[version] ?? {}))(
      '%s: at least %i cases are decided as recorded',
      (family, floor) => {
        const { passed, failures } = checkFolder(FOLDER, { kind, version, family });
        expect(passed, failures.map(({ name }) => name).join(', ')).toBeGreaterThanOrEqual(floor);
      },
    );

    it('has a floor for every family of the folder', () => {
      const withFloor = Object.values(FLOORS).flatMap((versions) => Object.keys(versions[version] ?? {}));
      const families = caseFamilies(FOLDER).filter((entry) => entry.version === version);
      expect(families.map(({ family }) => family).sort()).toEqual(withFloor.sort());
    });
  });
}
