import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { callerFolder, fromCaller, toCaller } from '../../src/cli/caller-folder.js';
import { PACKAGE_ROOT } from '../../src/cli/package-info.js';

describe('the caller’s folder', () => {
  const ownScript = { npm_lifecycle_event: 'karpsim', npm_package_json: join(PACKAGE_ROOT, 'package.json') };

  it('is the folder npm was called in, for a script of this package', () => {
    expect(callerFolder({ ...ownScript, INIT_CWD: '/home/me/work' })).toBe('/home/me/work');
  });

  it('is the working directory for somebody else’s script, and without npm', () => {
    const others = { ...ownScript, npm_package_json: '/home/me/app/package.json', INIT_CWD: '/home/me' };
    expect(callerFolder(others)).toBe(process.cwd());
    expect(callerFolder({ ...ownScript, npm_lifecycle_event: 'test', INIT_CWD: '/home/me' })).toBe(process.cwd());
    expect(callerFolder({ INIT_CWD: '/home/me' })).toBe(process.cwd());
    expect(callerFolder({})).toBe(process.cwd());
  });

  it('is what paths are read from, and shown from where they lie below it', () => {
    const folder = callerFolder();
    expect(fromCaller('scenarios/day.yaml')).toBe(join(folder, 'scenarios/day.yaml'));
    expect(fromCaller('/tmp/day.yaml')).toBe('/tmp/day.yaml');
    expect(toCaller(join(folder, 'scenarios/day.yaml'))).toBe('scenarios/day.yaml');
    expect(toCaller('/elsewhere/day.yaml')).toBe('/elsewhere/day.yaml');
  });
});
