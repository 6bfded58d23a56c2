import tseslint from 'typescript-eslint'

const folders = 'dsl,avro,registry,compiler,runtime,embedded,testing,cli,test,bench,scripts'

/** Style is prettier's; the rules here find faults. */
export default tseslint.config(
  {
    ignores: ['dist/**', 'generated/**', 'examples/**', 'coverage/**', '**/.millrace/**', '**/project/**'],
  },
  {
    files: [`{${folders}}/**/*.ts`, '*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Numbers in messages and generated text are wanted.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Returning the void of another call is how delegation reads best.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // An interface method that need not wait in one implementation stays async.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // Byte loops index what they have just bounded.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Overloads, each with its own documentation and message.
      '@typescript-eslint/unified-signatures': 'off',
      // A callback that may return nothing or a promise says so.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Generated code extends such interfaces.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'always' }],
      // What `Subjects` holds depends on the project that is compiled with us.
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      eqeqeq: 'error',
      'no-console': 'off',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-constant-binary-expression': 'error',
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',
      'no-unreachable-loop': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    // What authors write, good and bad.
    files: ['test/fixtures/**/*.ts'],
    rules: { '@typescript-eslint/unbound-method': 'off' },
  },
  {
    // Type tests hold expressions that are wrong on purpose, and are not run.
    files: ['test/**/*.test-d.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
    },
  },
  {
    // Read by machines, regenerated from Kafka's message specifications.
    files: ['runtime/kafka/protocol/generated/**/*.ts'],
    rules: { '@typescript-eslint/no-unnecessary-condition': 'off' },
  },
)
