import { describe, expect, it } from 'vitest';
import { knownKeys, scenarioJsonSchema } from '../../src/scenario/scenario-json-schema.js';

describe('scenarioJsonSchema', () => {
  it('is what scenarios/scenario.schema.json ships (write it anew with vitest -u)', async () => {
    await expect(scenarioJsonSchema()).toMatchFileSnapshot('../../scenarios/scenario.schema.json');
  });

  it('refuses unknown keys, so that editors mark them', () => {
    expect(JSON.parse(scenarioJsonSchema())).toMatchObject({
      type: 'object',
      additionalProperties: false,
    });
  });

  it('asks for less of a file that extends another', () => {
    expect(JSON.parse(scenarioJsonSchema())).toMatchObject({
      anyOf: [
        { required: ['name', 'region', 'zones', 'start', 'duration', 'manifests'] },
        { required: ['extends', 'name'] },
      ],
    });
  });

  it('knows the keys at any path, through lists and maps of names', () => {
    expect(knownKeys([])).toContain('managedNodeGroups');
    expect(knownKeys(['karpenter', 'featureGates'])).toContain('SpotToSpotConsolidation');
    expect(knownKeys(['services', 3, 'load', 'warmup'])).toEqual(['factor', 'decay']);
    expect(knownKeys(['traffic', 'any-name'])).toContain('requestsPerSecond');
    expect(knownKeys(['name', 'deeper'])).toEqual([]);
  });
});
