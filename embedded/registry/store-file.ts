/** A file that keeps the content of a registry: written as a whole after each change, replaced at once. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { RegistrySnapshot } from './store.js'

export const readStoreFile = (file: string): RegistrySnapshot | undefined =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RegistrySnapshot) : undefined

export const writeStoreFile = (file: string, snapshot: RegistrySnapshot): void => {
  writeFileSync(`${file}.new`, JSON.stringify(snapshot))
  renameSync(`${file}.new`, file)
}
