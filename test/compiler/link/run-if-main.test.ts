/** `node generated/words.js` runs the pipeline; whoever imports the module does not. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'run-if-main-'))
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}')
  await build({
    stdin: {
      contents: `import { runIfMain } from './runtime/run-if-main.js'\nrunIfMain(import.meta.url)`,
      resolveDir: repository,
      sourcefile: 'entry.ts',
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile: path.join(folder, 'generated.js'),
    plugins: [
      {
        name: 'run-main-that-tells',
        setup(hooks) {
          hooks.onLoad({ filter: /run-main\.ts$/ }, () => ({
            contents: `export const runMain = async ({ pipeline }) => { console.log('runs ' + pipeline.href.split('/').at(-1)) }`,
          }))
        },
      },
    ],
  })
  writeFileSync(path.join(folder, 'imports.js'), `import './generated.js'\n`)
  writeFileSync(
    path.join(folder, 'works.js'),
    `import { Worker } from 'node:worker_threads'\nnew Worker(new URL('./generated.js', import.meta.url))\n`,
  )
  symlinkSync(path.join(folder, 'generated.js'), path.join(folder, 'linked.js'))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

test.each([
  ['generated.js', 'runs generated.js\n'],
  ['generated', 'runs generated.js\n'],
  ['linked.js', 'runs generated.js\n'],
  ['imports.js', ''],
  ['works.js', ''],
])('node %s', async (program, output) => {
  const ran = await new Promise((resolve) => {
    execFile(process.execPath, [program], { cwd: folder }, (_, stdout, stderr) => resolve(stdout + stderr))
  })
  expect(ran).toBe(output)
})
