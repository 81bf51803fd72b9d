import { realpathSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { PACKAGE_ROOT } from './package-info.js';

/** Scripts of package.json that are this program or read its files. */
const SCRIPTS = ['karpsim', 'start', 'bench:case'];

/**
 * The folder that relative paths are relative to. `npm run karpsim -- …` starts the program in the package's folder whatever
 * folder the caller is in, and names that folder in INIT_CWD; any other start leaves the working directory alone, where an
 * INIT_CWD would come from somebody else's script.
 */
export function callerFolder(env: NodeJS.ProcessEnv = process.env): string {
  const started = env['INIT_CWD'];
  return started !== undefined && isOwnScript(env) ? started : process.cwd();
}

/** A path of the caller's as an absolute one. */
export function fromCaller(path: string): string {
  return resolve(callerFolder(), path);
}

/** A path as the caller would write it: relative when it lies below their folder. */
export function toCaller(path: string): string {
  const short = relative(callerFolder(), path);
  return short === '' || short.startsWith(`..${sep}`) || short === '..' ? path : short;
}

function isOwnScript(env: NodeJS.ProcessEnv): boolean {
  const manifest = env['npm_package_json'];
  if (!SCRIPTS.includes(env['npm_lifecycle_event'] ?? '') || manifest === undefined) return false;
  try {
    return realpathSync(manifest) === realpathSync(join(PACKAGE_ROOT, 'package.json'));
  } catch {
    return false;
  }
}
