import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const MAIN = join(ROOT, 'dist/cli/main.js');

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with the process as soon as it runs. */
  readonly started?: (child: ChildProcess) => void;
}

/** Runs the built command line to its end. npm's variables and colour settings of this test run are kept away from it. */
export function karpsim(
  args: readonly string[],
  { cwd = ROOT, env = {}, started }: Surroundings = {},
): Promise<Finished> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|INIT_CWD$|NO_COLOR$|FORCE_COLOR$)/.test(name),
  );
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...Object.fromEntries(inherited), ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr });
    });
    started?.(child);
  });
}

/** A folder of its own for one test. */
export class Desk {
  readonly folder = mkdtempSync(join(tmpdir(), 'karpsim-cli-'));

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes five minutes of the banking application with constant traffic; `extra` is appended. */
  scenario(name: string, extra = ''): string {
    const banking = relative(this.folder, join(ROOT, 'scenarios/banking'));
    writeFileSync(
      this.path(name),
      `name: short
region: us-east-1
zones: [us-east-1a, us-east-1b]
start: 2026-03-27T09:00:00Z
duration: 5m
seed: 3
manifests:
  common: [${banking}/services.yaml, ${banking}/autoscalers.yaml, ${banking}/system.yaml]
  v1.14.1: [${banking}/nodepools.yaml, ${banking}/nodeclasses.yaml]
managedNodeGroups:
  - { name: system, instanceType: m5.large, count: 2, labels: { eks.amazonaws.com/nodegroup: system } }
${extra}`,
    );
    return this.path(name);
  }

  clear(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
