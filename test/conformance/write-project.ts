/** Writes author's files as a project on disk, below the repository, where the package's name leads to its sources. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const REPOSITORY = new URL('../../', import.meta.url).pathname

export interface WrittenProject extends Disposable {
  readonly root: string
}

/** Disposing removes it. */
export function writeProject(root: string, files: ReadonlyMap<string, string>): WrittenProject {
  const remove = (): void => {
    rmSync(root, { recursive: true, force: true })
  }
  remove()
  mkdirSync(root, { recursive: true })
  for (const [path, text] of files) writeFileSync(join(root, path), text)
  writeFileSync(join(root, 'tsconfig.json'), JSON.stringify(tsconfig(relative(root, REPOSITORY)), undefined, 2))
  return { root, [Symbol.dispose]: remove }
}

function tsconfig(repository: string) {
  return {
    compilerOptions: {
      target: 'ES2023',
      lib: ['ES2023'],
      module: 'NodeNext',
      moduleResolution: 'NodeNext',
      types: ['node'],
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      paths: { millrace: [`${repository}/dsl/index.ts`], 'millrace/types': [`${repository}/dsl/types.ts`] },
    },
    include: ['*.ts'],
  }
}
