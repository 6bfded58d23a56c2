/** `millrace init [folder]`: a project that works, from nothing. Never overwrites a file. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { command } from '../command.js'
import { ExitCode } from '../exit-code.js'
import { projectTemplate } from '../project-template.js'
import { UsageError } from '../usage-error.js'

export default command({
  args: {
    folder: { type: 'positional', required: false, description: 'Where to put it (default: asks, else here)' },
    yes: { type: 'boolean', alias: 'y', description: 'Ask nothing, take the defaults' },
  },
  async run({ terminal, cwd }, args) {
    const interactive = process.stdin.isTTY && process.stdout.isTTY && !args.yes && !terminal.json
    const folder = args.folder ?? (interactive ? await askFolder() : '.')
    if (folder === undefined) return ExitCode.Failed
    const root = resolve(cwd, folder)
    const files = projectTemplate(packageName(basename(root)), ownVersion())
    await refuseToOverwrite(root, files)
    for (const file of files) {
      await mkdir(dirname(join(root, file.path)), { recursive: true })
      await writeFile(join(root, file.path), file.text, { flag: 'wx' })
    }
    terminal.data({ folder: root, files: files.map((file) => file.path) })
    terminal.success(`${files.length} files in ${root}`)
    terminal.print(`Next:${folder === '.' ? '' : `\n  cd ${shellWord(folder)}`}\n  npm install\n  npx millrace dev`)
    return ExitCode.Ok
  },
})

async function askFolder(): Promise<string | undefined> {
  const prompts = await import('@clack/prompts')
  const answer = await prompts.text({ message: 'Folder of the new project', initialValue: 'my-streams' })
  return prompts.isCancel(answer) ? undefined : answer
}

async function refuseToOverwrite(root: string, files: readonly { readonly path: string }[]): Promise<void> {
  if (!existsSync(root)) return
  const present = files.filter((file) => existsSync(join(root, file.path))).map((file) => file.path)
  if (present.length === 0) return
  const others = (await readdir(root)).length
  throw new UsageError(
    `${root} is not empty (${others} entries); these files would be overwritten: ${present.join(', ')}`,
    'name a new folder: millrace init my-streams',
  )
}

/** For a shell to copy. */
const shellWord = (text: string) => (/^[\w./~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

/** npm takes lower case letters, digits, dots, dashes and underscores. */
const packageName = (folder: string) =>
  folder
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '') || 'streams'

const ownVersion = () => (createRequire(import.meta.url)('millrace/package.json') as { version: string }).version
