(function () {
  'use strict';
  const names = ['fine', 'note', 'waived', 'warning', 'error'];
  const words = ['Fine', 'Note', 'Waived', 'Warns', 'Blocks'];
  const waived = 2;
  const deepest = 40;
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const number = n => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
  const counted = (n, one, many) => number(n) + ' ' + (n === 1 ? one : many);

  // As ByteSize.Format says it.
  function bytes(size) {
    if (size === 1) return '1 byte';
    if (size < 1000) return size + ' bytes';
    const units = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];
    let unit = 0;
    while (size >= 999.95 && unit < units.length - 1) {
      size /= 1000;
      unit++;
    }
    return size.toFixed(1) + ' ' + units[unit];
  }

  function share(part, whole) {
    if (!whole) return '';
    const percent = part / whole * 100;
    return percent >= 99.95 ? '100 %' : percent < 0.1 ? 'less than 0.1 %' : percent.toFixed(1) + ' %';
  }

  // Texts are only ever set as text: nothing from a package is parsed as markup.
  function element(tag, name, text) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function sign(verdict) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('class', 'i');
    svg.setAttribute('aria-hidden', 'true');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    use.setAttribute('href', '#i-' + names[verdict]);
    svg.append(use);
    return svg;
  }

  // The theme. Nothing is kept: a file has no place of its own.
  function theme() {
    const button = document.getElementById('theme');
    const root = document.documentElement;
    const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    const say = () => { button.textContent = dark() ? 'Light' : 'Dark'; button.setAttribute('aria-label', dark() ? 'Use the light theme' : 'Use the dark theme'); };
    button.addEventListener('click', () => { root.dataset.theme = dark() ? 'light' : 'dark'; say(); });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', say);
    say();
    button.hidden = false;
  }

  function copiers() {
    if (!navigator.clipboard) return;
    for (const code of all('.copy')) {
      const button = element('button', 'copier', 'Copy');
      button.type = 'button';
      const say = text => { button.textContent = text; button.setAttribute('aria-label', text + ' ' + code.textContent.slice(0, 8) + '…'); };
      say('Copy');
      button.addEventListener('click', () => navigator.clipboard.writeText(code.textContent).then(() => say('Copied'), () => say('Select it and copy')));
      code.after(button);
    }
  }

  // What an anchor leads to may be folded away or filtered out: the browser went there before it could be seen.
  function reveal() {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!target) return;
    const findings = target.closest('.findings');
    let unseen = findings !== null && target.closest('[hidden]') !== null;
    if (unseen) findings.dispatchEvent(new Event('clear'));
    const inside = target.querySelector(':scope > .folded');
    for (let each = inside || target.closest('details'); each; each = each.parentElement.closest('details')) {
      unseen = unseen || !each.open;
      each.open = true;
    }
    if (unseen) target.scrollIntoView();
    if (findings === null || target === findings) return;
    // What was hidden when the browser went there has no focus, and the way on from there would begin elsewhere.
    const first = target.matches('details') ? target.firstElementChild : target;
    if (first === target) target.tabIndex = -1;
    first.focus({ preventScroll: true });
  }

  // Where the address already points there, the browser neither goes there nor tells of it.
  function go(hash) {
    if (location.hash !== hash) location.hash = hash;
    else {
      reveal();
      document.getElementById(hash.slice(1)).scrollIntoView();
    }
  }

  function anchors() {
    addEventListener('hashchange', reveal);
    addEventListener('click', event => {
      const link = event.target.closest('a[href^="#"]');
      if (link && link.hash === location.hash) reveal();
    });
    reveal();
  }

  function findings(section) {
    const controls = section.querySelector('.controls');
    if (!controls) return;
    const text = controls.querySelector('.text');
    const severity = controls.querySelector('.severity');
    const rule = controls.querySelector('.rule');
    const status = controls.querySelector('.status');
    let groups, filtering = false;
    // Read once, when somebody asks for it first, and by walking: searching each item for its parts takes long where there are many.
    const causeOf = item => {
      const rules = [];
      for (const part of item.children) if (part.className === 'message') rules.push(part.firstElementChild.textContent);
      return { item, text: item.textContent.toLowerCase(), rules };
    };
    const read = () => all('.group', section).map(group => {
      const left = group.querySelector('.left-out');
      return {
        group, severity: group.dataset.severity, left: left ? Number(left.dataset.count) : 0,
        causes: Array.from(group.querySelector('.causes').children, causeOf)
      };
    });
    function apply() {
      groups = groups || read();
      const wanted = text.value.trim().toLowerCase();
      const filtered = wanted !== '' || severity.value !== '' || rule.value !== '';
      // Without a filter they are folded again as they were when it began.
      if (filtered && !filtering) for (const group of groups) group.open = group.group.open;
      let shown = 0, total = 0, left = 0;
      for (const group of groups) {
        let own = 0;
        for (const cause of group.causes) {
          const fits = (!wanted || cause.text.includes(wanted)) && (!severity.value || group.severity === severity.value) && (!rule.value || cause.rules.includes(rule.value));
          if (cause.item.hidden === fits) cause.item.hidden = !fits;
          if (fits) own++;
        }
        group.group.hidden = own === 0;
        if (filtered || filtering) group.group.open = filtered ? own > 0 && (own <= 50 || group.open) : group.open;
        shown += own;
        total += group.causes.length;
        left += group.left;
      }
      filtering = filtered;
      for (const heading of all('h4', section)) heading.hidden = !groups.some(group => !group.group.hidden && group.severity === heading.dataset.severity);
      const elsewhere = left ? '; ' + number(left) + ' more are in the JSON report only' : '';
      status.textContent = filtered ? (shown === 0 ? 'None of ' + counted(total, 'place', 'places') + ' fits' : number(shown) + ' of ' + counted(total, 'place', 'places') + ' shown') + elsewhere : '';
    }
    for (const control of [text, severity, rule]) control.addEventListener('input', apply);
    section.addEventListener('clear', () => { text.value = severity.value = rule.value = ''; apply(); });
    controls.hidden = false;
  }

  // The entries of one artifact, as HtmlReporter.Entries.cs writes them.
  function read(number) {
    const block = document.getElementById('d' + number);
    const data = JSON.parse(block.textContent);
    const entries = data.rows.map(row => ({
      folder: data.folders[row[0]], name: row[1], kind: data.kinds[row[2]], size: row[3], verdict: row[4] || 0, cause: row[5] || 0, note: row[6] || '', entered: !!row[7]
    }));
    return { name: data.name, kinds: data.kinds.slice().sort(), entries };
  }

  // The tree for the map. As TreeNode.cs: folders that hold only one another are one, and what has findings is never too small to be seen.
  function tree(artifact) {
    const make = (name, parent) => ({ name, parent, children: [], size: 0, files: 0, worst: 0, weight: 0, entry: null });
    const root = make('', null);
    const folders = new Map([['', root]]);
    function folder(path) {
      const known = folders.get(path);
      if (known) return known;
      const slash = path.lastIndexOf('/', path.length - 2) + 1;
      const parent = folder(path.slice(0, slash));
      const made = make(path.slice(slash), parent);
      parent.children.push(made);
      folders.set(path, made);
      return made;
    }
    for (const entry of artifact.entries) {
      if (entry.kind === 'Folder') continue;
      const path = entry.folder + entry.name;
      let at = 0;
      for (let depth = 0; depth < deepest; depth++) {
        const slash = path.indexOf('/', at);
        if (slash < 0) break;
        at = slash + 1;
      }
      const parent = folder(path.slice(0, at));
      const leaf = make(path.slice(at), parent);
      leaf.entry = entry;
      leaf.size = entry.entered ? 0 : entry.size;
      leaf.files = 1;
      leaf.worst = entry.verdict;
      parent.children.push(leaf);
    }
    function sum(node) {
      for (const child of node.children) {
        sum(child);
        node.size += child.size;
        node.files += child.files;
        if (child.worst > node.worst) node.worst = child.worst;
      }
      if (node.children.length === 1 && node.parent) {
        const only = node.children[0];
        node.name += only.name;
        node.entry = only.entry;
        node.children = only.children;
        for (const child of node.children) child.parent = node;
      }
    }
    function weigh(node) {
      const marked = node.children.reduce((count, child) => count + (child.worst >= waived ? 1 : 0), 0);
      for (const child of node.children) {
        child.weight = child.worst >= waived && marked <= 40 ? Math.max(child.size, node.size * 0.006) : child.size;
        weigh(child);
      }
      node.children.sort((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : 1));
    }
    sum(root);
    weigh(root);
    return root;
  }

  // Squarified: Bruls, Huizing, van Wijk, "Squarified Treemaps", 2000.
  function squarify(nodes, x, y, width, height, place) {
    const total = nodes.reduce((sum, node) => sum + node.weight, 0);
    if (total <= 0) return;
    const scale = width * height / total;
    for (let i = 0; i < nodes.length;) {
      const side = Math.min(width, height);
      const largest = nodes[i].weight * scale;
      let row = 0, worst = Infinity, end = i;
      for (; end < nodes.length; end++) {
        const area = nodes[end].weight * scale;
        const next = Math.max(side * side * largest / ((row + area) * (row + area)), (row + area) * (row + area) / (side * side * area));
        if (next > worst) break;
        worst = next;
        row += area;
      }
      const breadth = row / side;
      let at = width >= height ? y : x;
      for (; i < end; i++) {
        const length = nodes[i].weight * scale / breadth;
        if (width >= height) place(nodes[i], x, at, breadth, length);
        else place(nodes[i], at, y, length, breadth);
        at += length;
      }
      if (width >= height) {
        x += breadth;
        width -= breadth;
      } else {
        y += breadth;
        height -= breadth;
      }
    }
  }

  function largest(node, most) {
    const drawn = node.children.filter(child => child.weight > 0);
    if (drawn.length <= most) return drawn;
    const rest = drawn.slice(most);
    const sum = (of) => rest.reduce((total, child) => total + child[of], 0);
    return drawn.slice(0, most).concat([{
      name: '… ' + number(sum('files')) + ' more', parent: node, children: [], rest: true, entry: null,
      size: sum('size'), files: sum('files'), weight: sum('weight'), worst: rest.reduce((worst, child) => Math.max(worst, child.worst), 0)
    }]);
  }

  function map(section, artifact, showEntry) {
    const box = section.querySelector('.treemap');
    const crumbs = section.querySelector('.crumbs');
    const told = section.querySelector('.told');
    const status = element('p', 'unseen');
    status.setAttribute('role', 'status');
    told.after(status);
    const root = tree(artifact);
    if (root.size === 0) return;
    let current = root, tiles = [], budget = 0;

    const pathOf = node => (node.parent ? pathOf(node.parent) : '') + node.name;
    const about = node => pathOf(node) + ': ' + bytes(node.size) + ', ' + share(node.size, root.size) + ' of the package, ' + (node.entry ? '' : counted(node.files, 'file', 'files') + ', ') + words[node.worst].toLowerCase();

    function label(node, width, height, heading) {
      const made = element('span', heading || height < 40 ? 'label' : 'label tall');
      if (node.worst >= waived) made.append(sign(node.worst));
      if (width > 44) made.append(element('b', '', node.name));
      if (width > (heading ? 130 : 66) && (heading || height >= 40)) made.append(element('span', 'bytes', bytes(node.size)));
      return made;
    }

    function put(tile, x, y, width, height, outer) {
      // In parts of the box, so that it may grow and shrink; the gap is the same everywhere.
      tile.style.left = x / outer.width * 100 + '%';
      tile.style.top = y / outer.height * 100 + '%';
      tile.style.width = 'calc(' + width / outer.width * 100 + '% - 2px)';
      tile.style.height = 'calc(' + height / outer.height * 100 + '% - 2px)';
    }

    // A folder is not what is wrong with a file in it: it has a frame in its colour, even where its inside is too small to be drawn.
    const look = (node, nested) => 't ' + names[node.worst] + (nested || node.worst >= waived && (node.children.length > 0 || node.rest) ? ' nest' : '');

    function nest(node, into, width, height, depth) {
      // Inside a tile the heading takes its room.
      const inner = element('span', 't inner nest-body');
      inner.style.left = '2px';
      inner.style.top = '20px';
      inner.style.width = 'calc(100% - 3px)';
      inner.style.height = 'calc(100% - 21px)';
      const room = { width: width - 5, height: height - 23 };
      squarify(largest(node, 60), 0, 0, room.width, room.height, (child, x, y, w, h) => {
        if (w < 3 || h < 3 || budget <= 0) return;
        budget--;
        const nested = child.children.length > 0 && depth < 5 && w > 56 && h > 46;
        const tile = element('span', look(child, nested));
        put(tile, x, y, w, h, room);
        if (h > 18 && (w > 44 || child.worst >= waived && w > 18)) tile.append(label(child, w, h, nested));
        if (nested) nest(child, tile, w, h, depth + 1);
        inner.append(tile);
      });
      into.append(inner);
    }

    function draw() {
      const outer = { width: box.clientWidth || 1000, height: box.clientHeight || 440 };
      budget = 1000;
      tiles = [];
      const drawing = document.createDocumentFragment();
      squarify(largest(current, 240), 0, 0, outer.width, outer.height, (node, x, y, width, height) => {
        if (width < 2 || height < 2) return;
        const nested = node.children.length > 0 && width > 56 && height > 46;
        const tile = element(node.rest ? 'div' : 'button', look(node, nested));
        put(tile, x, y, width, height, outer);
        tile.title = about(node);
        if (height > 18 && (width > 44 || node.worst >= waived && width > 18)) tile.append(label(node, width, height, nested));
        if (nested) nest(node, tile, width, height, 1);
        if (!node.rest) {
          tile.type = 'button';
          tile.tabIndex = tiles.length === 0 ? 0 : -1;
          tile.setAttribute('aria-label', about(node) + (node.entry ? node.entry.cause ? '. Leads to its findings.' : '. Leads to the list of entries.' : '. Opens the folder.'));
          tiles.push({ tile, node, x: x + width / 2, y: y + height / 2 });
        }
        drawing.append(tile);
      });
      box.replaceChildren(drawing);
    }

    function way() {
      const steps = [];
      for (let node = current; node; node = node.parent) steps.unshift(node);
      crumbs.replaceChildren(...steps.flatMap((node, i) => {
        const name = node.parent ? node.name : artifact.name;
        if (node === current) {
          const here = element('span', '', name);
          here.setAttribute('aria-current', 'location');
          return [here];
        }
        const button = element('button', '', name);
        button.type = 'button';
        button.addEventListener('click', () => show(node, steps[i + 1]));
        return [button, element('span', 'muted', '›')];
      }));
    }

    function show(node, from) {
      current = node;
      draw();
      way();
      told.textContent = hint();
      status.textContent = 'Shown: ' + (pathOf(node) || artifact.name) + ', ' + bytes(node.size) + ', ' + counted(node.files, 'file', 'files');
      const back = tiles.find(t => t.node === from) || tiles[0];
      if (back) focus(back);
    }

    function focus(wanted) {
      for (const each of tiles) each.tile.tabIndex = each === wanted ? 0 : -1;
      wanted.tile.focus({ preventScroll: true });
    }

    const hint = () => current === root ? 'Click a folder to look into it. With the keyboard: arrows, Enter, Escape.' : 'Escape leads back.';
    const of = target => { const tile = target.closest('.treemap > .t'); return tiles.find(t => t.tile === tile); };

    function open(chosen) {
      const node = chosen.node;
      if (node.children.length > 0) show(node);
      else if (node.entry.cause) go('#f' + node.entry.cause);
      else showEntry(node.entry);
    }

    // The nearest in that direction; what lies off to the side counts as farther away.
    function neighbour(from, key) {
      const sideways = key === 'ArrowLeft' || key === 'ArrowRight';
      const forward = key === 'ArrowRight' || key === 'ArrowDown' ? 1 : -1;
      let best = null, distance = Infinity;
      for (const each of tiles) {
        const along = (sideways ? each.x - from.x : each.y - from.y) * forward;
        const across = Math.abs(sideways ? each.y - from.y : each.x - from.x);
        if (along <= 1 || along + 2 * across >= distance) continue;
        best = each;
        distance = along + 2 * across;
      }
      return best;
    }

    box.addEventListener('click', event => { const chosen = of(event.target); if (chosen) open(chosen); });
    box.addEventListener('pointerover', event => { const chosen = of(event.target); if (chosen) told.textContent = about(chosen.node); });
    box.addEventListener('pointerleave', () => { told.textContent = hint(); });
    box.addEventListener('focusin', event => { const chosen = of(event.target); if (chosen) told.textContent = about(chosen.node); });
    section.addEventListener('keydown', event => {
      if ((event.key === 'Escape' || event.key === 'Backspace') && current.parent && (event.target.closest('.treemap') || event.target.closest('.crumbs'))) {
        event.preventDefault();
        show(current.parent, current);
        return;
      }
      const from = of(event.target);
      if (!from) return;
      const to = event.key === 'Home' ? tiles[0] : event.key === 'End' ? tiles[tiles.length - 1] : event.key.startsWith('Arrow') ? neighbour(from, event.key) : null;
      if (!to) return;
      event.preventDefault();
      focus(to);
    });

    box.classList.add('drawn');
    box.setAttribute('role', 'group');
    box.setAttribute('aria-label', 'Map of the package by size. Arrows move, Enter opens, Escape leads back.');
    draw();
    way();
    told.textContent = hint();
    crumbs.hidden = told.hidden = false;
    let drawnFor = box.clientWidth;
    new ResizeObserver(() => {
      if (box.clientWidth === drawnFor || box.clientWidth === 0) return;
      drawnFor = box.clientWidth;
      const focused = tiles.find(t => t.tile === document.activeElement);
      draw();
      if (focused) focus(tiles.find(t => t.node === focused.node) || tiles[0]);
    }).observe(box);
  }

  function entries(section, artifact) {
    const slice = 250;
    const controls = section.querySelector('.controls');
    const text = controls.querySelector('.text');
    const severity = controls.querySelector('.severity');
    const kind = controls.querySelector('.kind');
    const status = section.querySelector('.status');
    const table = section.querySelector('.all');
    const body = table.tBodies[0];
    const more = section.querySelector('.more');
    const frame = table.parentElement;
    const order = { by: 'verdict', down: true };
    let fitting = [], shown = 0;

    for (const name of artifact.kinds) kind.append(element('option', '', name));

    function row(entry) {
      const made = element('tr'), head = element('th');
      head.scope = 'row';
      const isLong = entry.folder.length + entry.name.length > 300;
      const path = element('code', isLong ? 'path long' : 'path');
      if (isLong) path.tabIndex = 0;
      if (entry.folder) path.append(element('span', '', entry.folder));
      path.append(entry.name);
      head.append(path);
      if (entry.note) head.append(' ', element('span', 'muted', entry.note));
      const badge = element(entry.cause ? 'a' : 'span', 'badge ' + names[entry.verdict]);
      if (entry.cause) badge.href = '#f' + entry.cause;
      badge.append(sign(entry.verdict), words[entry.verdict]);
      const verdict = element('td');
      verdict.append(badge);
      made.append(head, verdict, element('td', '', entry.kind), element('td', 'n', bytes(entry.size)));
      return made;
    }

    function add(count) {
      const rows = document.createDocumentFragment();
      const end = Math.min(fitting.length, shown + count);
      for (; shown < end; shown++) rows.append(row(fitting[shown]));
      body.append(rows);
      // A button that goes away takes the focus with it.
      if (shown === fitting.length && document.activeElement === more) frame.focus({ preventScroll: true });
      more.hidden = shown === fitting.length;
      // On paper nobody can ask for more.
      status.dataset.paper = more.hidden ? '' : '; the first ' + number(shown) + ' stand here';
      more.textContent = 'Show ' + number(Math.min(slice * 4, fitting.length - shown)) + ' more';
    }

    const compare = {
      path: (a, b) => { const one = a.folder + a.name, other = b.folder + b.name; return one < other ? -1 : one > other ? 1 : 0; },
      verdict: (a, b) => a.verdict - b.verdict || a.size - b.size,
      kind: (a, b) => a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0,
      size: (a, b) => a.size - b.size
    };

    function apply() {
      const wanted = text.value.trim().toLowerCase();
      const verdict = severity.value === '' ? -1 : Number(severity.value);
      fitting = artifact.entries.filter(entry => (verdict < 0 || entry.verdict === verdict) && (!kind.value || entry.kind === kind.value)
        && (!wanted || (entry.folder + entry.name).toLowerCase().includes(wanted)));
      const rising = compare[order.by];
      fitting.sort((a, b) => (order.down ? rising(b, a) : rising(a, b)) || compare.path(a, b));
      shown = 0;
      body.replaceChildren();
      frame.scrollTop = 0;
      add(slice);
      const total = artifact.entries.length;
      status.textContent = fitting.length === total ? counted(total, 'entry', 'entries') : fitting.length === 0 ? 'None of ' + counted(total, 'entry', 'entries') + ' fits.' : number(fitting.length) + ' of ' + counted(total, 'entry', 'entries');
    }

    for (const head of all('th[data-sort]', table)) {
      const button = element('button', 'sort', head.textContent);
      button.type = 'button';
      head.replaceChildren(button);
      button.addEventListener('click', () => {
        order.down = order.by === head.dataset.sort ? !order.down : head.dataset.sort === 'size' || head.dataset.sort === 'verdict';
        order.by = head.dataset.sort;
        mark();
        apply();
      });
    }
    function mark() {
      for (const head of all('th[data-sort]', table)) {
        if (head.dataset.sort === order.by) head.setAttribute('aria-sort', order.down ? 'descending' : 'ascending');
        else head.removeAttribute('aria-sort');
      }
    }

    let asked = 0;
    text.addEventListener('input', () => { cancelAnimationFrame(asked); asked = requestAnimationFrame(apply); });
    severity.addEventListener('input', apply);
    kind.addEventListener('input', apply);
    more.addEventListener('click', () => add(slice * 4));
    frame.addEventListener('scroll', () => { if (shown < fitting.length && frame.scrollTop + frame.clientHeight > frame.scrollHeight - 600) add(slice); }, { passive: true });
    mark();
    apply();
    controls.hidden = false;
    return entry => {
      text.value = entry.folder + entry.name;
      severity.value = kind.value = '';
      apply();
      section.scrollIntoView();
      text.focus({ preventScroll: true });
    };
  }

  function artifact(section) {
    const number = section.dataset.artifact;
    const data = read(number);
    // What is made ready becomes higher or lower: what the address leads to stays where it is, if it can be seen.
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const before = target && target.checkVisibility() ? target.getBoundingClientRect().top : -1;
    const showEntry = entries(section, data);
    map(document.getElementById('a' + number + '-map'), data, showEntry);
    if (before >= 0 && before < innerHeight) scrollBy({ top: target.getBoundingClientRect().top - before, behavior: 'instant' });
  }

  // Folded parts are printed, too.
  function printing() {
    let folded = [];
    addEventListener('beforeprint', () => { folded = all('details:not([open])'); for (const details of folded) details.open = true; });
    addEventListener('afterprint', () => { for (const details of folded) details.open = false; });
  }

  theme();
  copiers();
  printing();
  all('.findings').forEach(findings);
  const sections = all('.entries');
  // From the beginning, so that what is made ready later has about the height it had.
  for (const frame of all('.entries > .scroll')) {
    frame.classList.add('window');
    frame.tabIndex = 0;
  }
  if (sections.length <= 3) {
    sections.forEach(artifact);
  } else {
    // Many artifacts are made ready one by one, as somebody comes near. Whoever follows a link does not come near all those between.
    document.documentElement.style.scrollBehavior = 'auto';
    const near = new IntersectionObserver(seen => {
      for (const each of seen) {
        if (!each.isIntersecting) continue;
        near.unobserve(each.target);
        const ready = () => artifact(each.target.querySelector('.entries'));
        const folded = each.target.querySelector('.folded:not([open])');
        if (folded) folded.addEventListener('toggle', ready, { once: true });
        else ready();
      }
    }, { rootMargin: '800px' });
    sections.forEach(section => near.observe(section.closest('article')));
  }
  anchors();
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
})();
