// Finds what a person would read in a source file: text of components, and literals that are words. `npm run check` calls it so
// that no sentence stands outside of a catalogue. Which literals are no sentences is decided here, by where they stand.
import { readFileSync } from 'node:fs';
import { parse } from 'svelte/compiler';

/** Attributes that are spoken or shown, on elements and on our components. */
const SPOKEN =
  /^(label|title|valueText|suggestedLabel|placeholder|alt|hint|text|message|heading|legend|description|note|about|noun|aria-(label|description|roledescription|valuetext))$/;
/** Attributes that are never words. */
const UNSPOKEN =
  /^(class|style|d|points|transform|viewBox|href|src|id|for|name|type|kind|role|lang|data-.*|stroke.*|fill.*|xmlns|accept|sandbox)$/;
/** Properties and variables whose value is said even when it is one word. */
const SAID =
  /^(text|label|title|hint|message|summary|detail|reason|words?|caption|doing|done|heading|invitation|becomes)$/;
/** What is called with text that no person reads: a fault of ours, a schema's documentation, the browser's own names. */
// `op` names an operator of ONNX.
const UNREAD_CALLS =
  /^(describe|op|querySelector|querySelectorAll|closest|matches|matchMedia|defineSentences|getContext|error|warn|log|setAttribute|setProperty|includes|startsWith|endsWith|replaceAll|replace|split|indexOf|on|once|exec|test)$/;
const UNREAD_CLASSES = /^(Error|TypeError|RangeError|DOMException|RegExp|URL|Worker|Blob|File)$/;

/** Two words, or a word beside a value. */
const WORDS = /\p{L}[\p{L}\d’'”“",;:.…)–-]*[ \u00a0\u202f][“”"(–-]*[ ]?\p{L}/u;
const WORD_AND_VALUE =
  /(\p{L}{2,}|%|Mb)[“”",;:.…)]*[ \u00a0\u202f][“”"(]*§|§[“”",;:.…)]*[ \u00a0\u202f][“”"(]*(\p{L}{1,}|%)/u;
const ONE_WORD = /^[\p{Lu}…][\p{Ll}’]{2,}[.…:]?$/u;

/** Tables of data in the contract that are translated by key where they are shown (`sentences/tables.ts`). */
const TABLES =
  /^(defineCommand|defineActions|errorCatalogue|formats|menuTitles|actions|sigmaWords|Worker)$/;
/** A path of a drawing, a program of the graphics card, a type of content, the product's name, an option's name. */
const NO_WORDS = [
  /^[Mm][\d\s.,MmLlHhVvCcSsQqTtAaZz-]+$/,
  /^#version /,
  /^[a-z]+\/[\w.+-]+(; ?charset=.*)?$/,
  /^Hourglass$/,
  /^[\w-]+:[\w-]+$/,
  /^<|^[A-Z]{2,5}$|\0/,
  /^-\w, --[\w-]+$/,
];

const textOf = (node) =>
  node.type === 'TemplateLiteral'
    ? node.quasis.map((part) => part.value.cooked).join('§')
    : node.value;

/** Nodes that come under a name of their own and are no values: types, imports, keys. */
const skippedKeys = new Set([
  'typeAnnotation',
  'typeParameters',
  'typeArguments',
  'returnType',
  'loc',
  'leadingComments',
  'trailingComments',
  'comments',
  'css',
  'options',
  'metadata',
  'name_loc',
]);

/**
 * @param file path, for its ending
 * @param code its text
 * @returns what is said there: `{ start, end, text, kind, node, parents }`, offsets in `code`
 */
export function findSentences(file, code) {
  const isSvelte = file.endsWith('.svelte');
  const head = isSvelte ? '' : '<script module lang="ts">';
  const ast = parse(isSvelte ? code : `${head}${code}</script>`, { modern: true, filename: file });
  const found = [];
  const take = (node, text, kind, parents) =>
    found.push({
      start: node.start - head.length,
      end: node.end - head.length,
      text,
      kind,
      node,
      parents,
    });

  const literal = (node, parents) => {
    const text = textOf(node);
    if (NO_WORDS.some((pattern) => pattern.test(text))) return;
    const place = placeOf(node, parents);
    if (place === 'unread') return;
    // `\nExamples:\n§`: a word on a line of its own is one.
    const bare = text.replaceAll(/^(§?\s)+|(\s§?)+$/g, '');
    if (
      WORDS.test(text) ||
      WORD_AND_VALUE.test(text) ||
      (place === 'said' ? /\p{L}{3,}/u.test(text) : ONE_WORD.test(bare))
    )
      take(node, text, 'literal', parents);
  };

  const visit = (node, parents) => {
    if (!node || typeof node.type !== 'string') return;
    if (
      /^TS.*(Type|Interface|Alias|Keyword)|^Import|^Export(All)|^TSEnum|^Comment$/.test(
        node.type,
      ) &&
      node.type !== 'ImportExpression'
    ) {
      if (/^TSInterface|^TSType|^Import|^ExportAll|^Comment$|Type$/.test(node.type)) return;
    }
    if (node.type === 'StyleSheet') return;
    if (node.type === 'Text') {
      if (parents.some(({ type }) => type === 'StyleDirective')) return;
      const attribute = parents.find(({ type }) => type === 'Attribute');
      const text = node.data.replaceAll(/\s+/g, ' ').trim();
      if (NO_WORDS.some((pattern) => pattern.test(text))) return;
      if (attribute) {
        if (UNSPOKEN.test(attribute.name) || attribute.name.startsWith('on')) return;
        const whole = attribute.value.map((part) => part.data ?? '§').join('');
        if (WORD_AND_VALUE.test(whole)) take(node, text, 'attribute', parents);
        else if (SPOKEN.test(attribute.name) ? /\p{L}{2,}/u.test(text) : WORDS.test(text))
          take(node, text, 'attribute', parents);
        // A component may show what it is given, whatever it calls it; codes are small.
        else if (
          parents[parents.indexOf(attribute) + 1]?.type === 'Component' &&
          ONE_WORD.test(text)
        )
          take(node, text, 'attribute', parents);
      } else if (/\p{L}{2,}|%/u.test(text)) take(node, text, 'text', parents);
      return;
    }
    if (
      (node.type === 'Literal' && typeof node.value === 'string') ||
      node.type === 'TemplateLiteral'
    )
      literal(node, parents);
    for (const [key, value] of Object.entries(node)) {
      if (skippedKeys.has(key)) continue;
      if (key === 'source' && /^(Import|Export)/.test(node.type)) continue;
      if (node.type === 'Property' && key === 'key' && !node.computed) continue;
      if (node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression')
        if (key !== 'expression') continue;
      const children = Array.isArray(value) ? value : [value];
      for (const child of children)
        if (child && typeof child === 'object' && typeof child.type === 'string')
          visit(child, [node, ...parents]);
    }
  };
  for (const part of [ast.module, ast.instance]) if (part) visit(part.content, []);
  if (isSvelte) visit(ast.fragment, []);
  return found.sort((a, b) => a.start - b.start);
}

const nameOf = (callee) =>
  callee?.type === 'MemberExpression' ? callee.property.name : callee?.name;

/** Where a literal stands: 'unread', 'said' (also one word is meant for a person), or 'open'. */
function placeOf(node, parents) {
  if (
    parents.some((parent) =>
      TABLES.test(nameOf(parent.callee) ?? parent.id?.name ?? parent.key?.name ?? ''),
    )
  )
    return 'unread';
  let inside = node;
  for (const parent of parents) {
    switch (parent.type) {
      case 'BinaryExpression':
        if (['===', '!==', 'in'].includes(parent.operator)) return 'unread';
        break;
      case 'SwitchCase':
        if (parent.test === inside) return 'unread';
        return 'open';
      case 'MemberExpression':
        if (parent.property === inside) return 'unread';
        break;
      case 'TaggedTemplateExpression':
        return 'unread';
      case 'Attribute':
        if (UNSPOKEN.test(parent.name) || (parent.name.startsWith('on') && inside === parent.value))
          return 'unread';
        return SPOKEN.test(parent.name) ? 'said' : 'open';
      case 'ClassDirective':
      case 'StyleDirective':
        return 'unread';
      case 'CallExpression':
        if (parent.callee !== inside) {
          const name = nameOf(parent.callee);
          if (UNREAD_CALLS.test(name ?? '')) return 'unread';
          // `this.#say(…)` is somebody's way to show what was said.
          if (parent.callee.type === 'Identifier' && /^say/.test(name ?? '')) return 'unread';
          return 'open';
        }
        break;
      case 'NewExpression':
        if (UNREAD_CLASSES.test(nameOf(parent.callee) ?? '')) return 'unread';
        return 'open';
      case 'Property':
      case 'PropertyDefinition': {
        const key = parent.key.name ?? parent.key.value;
        return SAID.test(key ?? '') ? 'said' : 'open';
      }
      case 'VariableDeclarator':
        return SAID.test(parent.id.name ?? '') ? 'said' : 'open';
      case 'ExpressionTag':
        if (!parents.some(({ type }) => type === 'Attribute')) return 'said';
        break;
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
      case 'FunctionDeclaration':
        if (parent.body !== inside) return 'open';
        break;
      case 'BlockStatement':
        return 'open';
      case 'ExpressionStatement':
        if (parent.directive) return 'unread';
        return 'open';
    }
    inside = parent;
  }
  return 'open';
}

export const findInFile = (path) => findSentences(path, readFileSync(path, 'utf8'));

const isFunction = ({ type }) => /Function/.test(type);

/** Calls of `say` that run while a module loads: in no function, and in no field of an object that is made later. */
export function findEarly(file, code) {
  if (file.endsWith('.svelte')) return [];
  const head = '<script module lang="ts">';
  const ast = parse(`${head}${code}</script>`, { modern: true, filename: file });
  const found = [];
  const visit = (node) => {
    if (isFunction(node) || (node.type === 'PropertyDefinition' && !node.static)) return;
    if (node.type === 'CallExpression' && node.callee.name === 'say')
      found.push({ start: node.start - head.length });
    for (const value of Object.values(node))
      for (const child of Array.isArray(value) ? value : [value])
        if (child && typeof child.type === 'string') visit(child);
  };
  visit(ast.module.content);
  return found;
}

/** Catalogues that take the name of an earlier one: of two with one name a translator is given the last. */
export function findSameName(catalogues) {
  const files = new Map();
  return catalogues.flatMap(({ file, code }) => {
    const name = /defineSentences\(\s*'([^']*)'/.exec(code)?.[1];
    const earlier = files.get(name);
    if (earlier === undefined) files.set(name, file);
    return earlier === undefined ? [] : [{ file, name, earlier }];
  });
}
