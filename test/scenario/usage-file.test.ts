import { describe, expect, it } from 'vitest';
import { readUsageFile } from '../../src/scenario/usage-file.js';

const WORKLOADS = ['app/web', 'app/web-api', 'data/db'];
const MI = 2 ** 20;

const usage = (text: string) => {
  const { usage: found, problems } = readUsageFile('usage.txt', text, WORKLOADS);
  expect(problems).toEqual([]);
  return Object.fromEntries(found);
};
const complaints = (text: string) =>
  readUsageFile('usage.txt', text, WORKLOADS).problems.map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  );

describe('usage of pods', () => {
  it('is read from kubectl top pods -A, run again and again into one file', () => {
    const once = (cpu: number) => `NAMESPACE   NAME                     CPU(cores)   MEMORY(bytes)
app         web-7f9c5d8b6-x2x4p      ${cpu}m          300Mi
app         web-api-5d8b67f9c-abcde  40m          120Mi
kube-system coredns-abc12-fghij      3m           20Mi
data        db-0                     1            1Gi
`;
    expect(usage(once(100) + once(200))).toEqual({
      'app/web': { cpuMilli: 190, memoryBytes: 300 * MI, samples: 2 },
      'app/web-api': { cpuMilli: 40, memoryBytes: 120 * MI, samples: 2 },
      'data/db': { cpuMilli: 1000, memoryBytes: 1024 * MI, samples: 2 },
    });
  });

  it('adds the containers of a pod up', () => {
    const text = `NAMESPACE POD NAME CPU(cores) MEMORY(bytes)
app web-7f9c5d8b6-x2x4p web 100m 200Mi
app web-7f9c5d8b6-x2x4p proxy 20m 50Mi
app web-7f9c5d8b6-x2x4p web 120m 210Mi
app web-7f9c5d8b6-x2x4p proxy 20m 50Mi
`;
    expect(usage(text)).toEqual({ 'app/web': { cpuMilli: 138, memoryBytes: 260 * MI, samples: 2 } });
  });

  it('is read from CSV in cores and bytes, with its 90th percentile of CPU and its peak of memory', () => {
    const rows = Array.from(
      { length: 11 },
      (_, index) => `2026-03-27T0${index % 10}:00:00Z,app,web,${index / 10},${index * MI}`,
    );
    expect(usage(['timestamp,namespace,workload,cpu,memory', ...rows].join('\n'))).toEqual({
      'app/web': { cpuMilli: 900, memoryBytes: 10 * MI, samples: 11 },
    });
  });

  it('names the line and column of what is wrong', () => {
    expect(complaints('namespace,pod,cpu,memory\napp,web,fast,1Mi\napp,web,-1,big\n')).toEqual([
      '2:9 "fast" is no amount of cpu',
      '3:9 "-1" is no amount of cpu',
      '3:12 "big" is no amount of memory',
    ]);
    expect(complaints('namespace,pod,cpus\n')).toEqual([
      '1:15 unknown column "cpus"',
      '1:1 there is no column cpu, memory',
    ]);
    expect(complaints('')).toEqual(['1:1 the file is empty']);
    expect(complaints('namespace,pod,cpu,memory\nother,thing,1,1\n')).toEqual([
      '1:1 no pod belongs to a workload of the scenario',
    ]);
  });
});
