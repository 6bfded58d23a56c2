/** fast-check with one seed a run, so that a run can be repeated: `FAST_CHECK_SEED=7 npm test` draws others. */
import fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED'] ?? 1) })

export default fc
