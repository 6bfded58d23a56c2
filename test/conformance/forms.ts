/** The forms in which a translated case is executed. */
import type { Pipeline } from '../../dsl/index.js'
import { testDriver, type TestDriver } from '../../testing/index.js'
import { loadModule } from './load-module.js'
import { PIPELINE_EXPORT, PIPELINE_FILE, type TranslatedCase } from './translate.js'

export type Form = (translated: TranslatedCase) => TestDriver | Promise<TestDriver>

/** The author's file as it is, in the interpreter. */
export const interpreted: Form = ({ files }) =>
  testDriver(loadModule(files, PIPELINE_FILE)[PIPELINE_EXPORT] as Pipeline)

export const FORMS: ReadonlyMap<string, Form> = new Map([['interpreted', interpreted]])
