// What pages do beyond forms and links. Everything works without it; it only spares steps.
(function () {
  'use strict';
  const on = (type, selector, act) => document.addEventListener(type, e => {
    const at = e.target instanceof Element && e.target.closest(selector);
    if (at) act(at, e);
  });

  // "/" goes to the search field, Escape closes what is open.
  document.addEventListener('keydown', e => {
    if (e.key === 'Escape') document.querySelectorAll('details.who[open]').forEach(d => { d.open = false; });
  });
  document.addEventListener('keyup', e => { // when the key is up its character has gone where it was typed
    if (e.key !== '/' || e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input, textarea, select')) return;
    const field = document.getElementById('find');
    if (field) { field.focus(); field.select(); }
  });
  document.addEventListener('click', e => {
    document.querySelectorAll('details.who[open]').forEach(d => { if (!d.contains(e.target)) d.open = false; });
  });

  // The menu is folded on a phone.
  const narrow = matchMedia('(max-width: 860px)');
  const fold = () => document.querySelectorAll('.side-box').forEach(d => { d.open = !narrow.matches; });
  narrow.addEventListener('change', fold);
  fold();

  // Copy the text of what data-copy names.
  on('click', '[data-copy]', b => {
    const from = document.querySelector(b.dataset.copy);
    if (from) navigator.clipboard.writeText((from.value || from.textContent).trim()).then(() => { b.classList.add('copied'); b.setAttribute('aria-label', b.dataset.done || 'OK'); });
  });

  on('click', '[data-print]', () => print());

  // Ask before what cannot be taken back.
  on('submit', 'form[data-sure]', (f, e) => { if (!confirm(f.dataset.sure)) e.preventDefault(); });

  // A sandbox's accounts fill the login.
  on('click', '[data-login]', b => {
    document.querySelector('input[name=login]').value = b.dataset.login;
    const p = document.querySelector('input[name=password]');
    p.value = b.dataset.password;
    p.focus();
  });

  // A form is sent once.
  on('submit', 'form', (f, e) => {
    if (e.defaultPrevented || f.method === 'get') return;
    if (f.dataset.sent) { e.preventDefault(); return; }
    f.dataset.sent = '1';
    setTimeout(() => { delete f.dataset.sent; }, 5000);
  });
  addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach(f => { delete f.dataset.sent; }));

  // A selection changes the list at once: forms marked data-live send themselves.
  on('change', 'form[data-live] select, form[data-live] input[type=checkbox]', el => el.form.requestSubmit());

  // A message that came in place is read out and seen.
  document.addEventListener('htmx:afterSwap', e => { if (e.target.id === 'trouble') e.target.scrollIntoView({ block: 'center' }); });

  // Finding: proposals under the search field, by arrow keys; Enter opens the one in hand, Escape closes.
  const proposals = f => [...document.querySelectorAll('#' + f.dataset.complete + ' [role=option]')];
  const hold = (f, i) => proposals(f).forEach((o, n) => {
    o.setAttribute('aria-selected', n === i);
    if (n === i) { f.setAttribute('aria-activedescendant', o.id); o.scrollIntoView({ block: 'nearest' }); }
  });
  const shut = f => { document.getElementById(f.dataset.complete).replaceChildren(); f.setAttribute('aria-expanded', 'false'); f.removeAttribute('aria-activedescendant'); };
  document.querySelectorAll('[data-complete]').forEach(f => {
    f.setAttribute('role', 'combobox');
    f.setAttribute('aria-autocomplete', 'list');
    f.setAttribute('aria-controls', f.dataset.complete);
    f.setAttribute('aria-expanded', 'false');
    f.addEventListener('keydown', e => {
      const list = proposals(f), at = list.findIndex(o => o.getAttribute('aria-selected') === 'true');
      if (e.key === 'Escape' && list.length) { e.preventDefault(); shut(f); }
      if (!list.length || e.isComposing) return;
      if (e.key === 'ArrowDown' || e.key === 'ArrowUp') { e.preventDefault(); hold(f, (at + (e.key === 'ArrowDown' ? 1 : list.length + (at < 0 ? 0 : -1))) % list.length); }
    });
    f.form.addEventListener('submit', e => {
      const chosen = proposals(f).find(o => o.getAttribute('aria-selected') === 'true');
      if (chosen) { e.preventDefault(); location.assign(chosen.href); }
    });
    f.addEventListener('blur', () => shut(f));
  });
  on('mousedown', '.completions a', (a, e) => e.preventDefault()); // the field keeps the focus until the click
  document.addEventListener('htmx:afterSwap', e => {
    const f = document.querySelector('[data-complete="' + e.target.id + '"]');
    if (f) { f.setAttribute('aria-expanded', proposals(f).length > 0); if (document.activeElement !== f) shut(f); }
  });

  // Filters are folded on a phone, and stay as they are when the list changes.
  let folded = narrow.matches;
  const foldFacets = () => document.querySelectorAll('.facets').forEach(d => { d.open = !narrow.matches || !folded; });
  narrow.addEventListener('change', foldFacets);
  on('click', '.facets > summary', s => { folded = s.parentElement.open; });
  document.addEventListener('htmx:afterSettle', foldFacets);
  foldFacets();
})();

// Entering and verifying: sheets of rows, drafts that save themselves, choosing many, reasons to click.
(function () {
  'use strict';
  const on = (type, selector, act) => document.addEventListener(type, e => {
    const at = e.target instanceof Element && e.target.closest(selector);
    if (at) act(at, e);
  });
  document.querySelectorAll('[data-scripts]').forEach(el => { el.hidden = false; });

  const body = sheet => sheet.querySelector('tbody');
  const lines = sheet => [...body(sheet).querySelectorAll('tr:not(.row-wrong)')];
  const cells = tr => [...tr.querySelectorAll('[data-col]')];
  const cell = (tr, col) => tr.querySelector(`[data-col="${col}"]`);
  const changed = sheet => { number(sheet); sheet.dispatchEvent(new CustomEvent('moved', { bubbles: true })); };
  function number(sheet) {
    lines(sheet).forEach((tr, i) => {
      tr.querySelector('.row-number').textContent = i + 1;
      cells(tr).forEach(c => {
        c.name = `${sheet.dataset.grid}.${i}.${c.dataset.col}`;
        c.setAttribute('aria-label', c.getAttribute('aria-label').replace(/-?\d+$/, i + 1));
      });
      tr.querySelectorAll('[data-move]').forEach(b => { b.value = `${sheet.dataset.grid}.${b.dataset.move}.${i}`; });
    });
  }
  function grow(sheet, n) {
    const blank = sheet.querySelector('template[data-blank]').content;
    for (let i = 0; i < n && lines(sheet).length < Number(sheet.dataset.most); i++) body(sheet).append(blank.cloneNode(true));
    number(sheet);
  }
  const settle = tr => { while (tr.nextElementSibling && tr.nextElementSibling.matches('.row-wrong')) tr.nextElementSibling.remove(); };
  function move(sheet, tr, where) {
    settle(tr);
    if (where === 'remove') {
      const next = tr.nextElementSibling || tr.previousElementSibling;
      tr.remove();
      if (lines(sheet).length === 0) grow(sheet, 1);
      else if (next) cells(next)[0].focus();
    } else {
      const all = lines(sheet), i = all.indexOf(tr), other = all[where === 'up' ? i - 1 : i + 1];
      if (!other) return;
      settle(other);
      where === 'up' ? other.before(tr) : other.after(tr);
    }
    changed(sheet);
  }
  on('click', '[data-grid] [data-add]', (b, e) => {
    e.preventDefault();
    const sheet = b.closest('[data-grid]'), from = lines(sheet).length;
    grow(sheet, 5);
    const first = lines(sheet)[from];
    if (first) cells(first)[0].focus();
  });
  on('click', '[data-grid] [data-move]', (b, e) => {
    e.preventDefault();
    move(b.closest('[data-grid]'), b.closest('tr'), b.dataset.move);
  });

  // Enter and the arrows go from row to row, Alt with an arrow moves the row.
  on('keydown', '[data-grid] [data-col]', (c, e) => {
    const sheet = c.closest('[data-grid]'), tr = c.closest('tr');
    if (e.altKey && (e.key === 'ArrowUp' || e.key === 'ArrowDown')) {
      e.preventDefault();
      move(sheet, tr, e.key === 'ArrowUp' ? 'up' : 'down');
      c.focus();
      return;
    }
    if (e.altKey || e.ctrlKey || e.metaKey || e.isComposing) return;
    const step = e.key === 'Enter' ? 1 : c.matches('input[type=text]') ? { ArrowUp: -1, ArrowDown: 1 }[e.key] : 0;
    if (!step) return;
    e.preventDefault();
    const all = lines(sheet), i = all.indexOf(tr) + step;
    if (i === all.length && e.key === 'Enter') grow(sheet, 1);
    const to = lines(sheet)[i];
    if (to) cell(to, c.dataset.col).focus();
  });

  on('keypress', '[data-grid] [data-col]', (c, e) => { if (e.key === 'Enter') e.preventDefault(); });

  // Several cells pasted into one spread over the rows and columns from there.
  function put(c, text) {
    text = text.trim();
    if (c.type === 'checkbox') c.checked = /^(是|√|✓|1|y|yes|true)$/i.test(text);
    else if (c.tagName === 'SELECT') {
      const grade = text.match(/^[Ll]?([1-4])\D?$/);
      const found = [...c.options].find(o => o.value && (o.value.toLowerCase() === text.toLowerCase() || o.text === text || o.text + o.value === text || grade && o.value === grade[1]));
      c.value = found ? found.value : '';
    } else c.value = text;
  }
  on('paste', '[data-grid] [data-col]', (c, e) => {
    const text = e.clipboardData.getData('text/plain').replace(/\r\n?/g, '\n').replace(/\n$/, '');
    if (!/[\t\n]/.test(text)) return;
    e.preventDefault();
    const sheet = c.closest('[data-grid]'), from = lines(sheet).indexOf(c.closest('tr')), at = cells(c.closest('tr')).indexOf(c);
    const rows = text.split('\n').map(l => l.split('\t'));
    grow(sheet, Math.max(0, from + rows.length - lines(sheet).length));
    const all = lines(sheet);
    rows.forEach((row, i) => all[from + i] && cells(all[from + i]).slice(at).forEach((to, j) => { if (j < row.length) put(to, row[j]); }));
    changed(sheet);
  });

  // A field name is proposed once the name is there.
  on('change', '[data-grid="items"] [data-col="name"]', c => {
    const field = cell(c.closest('tr'), 'field');
    if (!field || field.value || !c.value.trim()) return;
    fetch('/entries/field-name?name=' + encodeURIComponent(c.value)).then(r => r.ok ? r.text() : '').then(first => {
      if (!first || field.value) return;
      const taken = new Set(lines(c.closest('[data-grid]')).map(tr => cell(tr, 'field').value));
      let name = first;
      for (let n = 2; taken.has(name); n++) name = first + n;
      field.value = name;
      changed(c.closest('[data-grid]'));
    }).catch(() => {});
  });

  // A data element is taken by its name too, and gives an item its type and length.
  on('change', '[data-grid] [data-col="standard"]', c => {
    const typed = c.value.trim();
    const found = typed && [...c.closest('[data-grid]').querySelectorAll('datalist option')].find(o => o.value === typed || o.label === typed);
    if (!found) return;
    c.value = found.value;
    const type = cell(c.closest('tr'), 'type'), length = cell(c.closest('tr'), 'length');
    if (type && found.dataset.type) type.value = found.dataset.type;
    if (length && found.dataset.length && (!length.value || +length.value > +found.dataset.length)) length.value = found.dataset.length;
    changed(c.closest('[data-grid]'));
  });

  // A sheet travels as one field, so that a form of a thousand rows stays within bounds.
  document.addEventListener('formdata', e => {
    e.target.querySelectorAll('[data-grid]').forEach(sheet => {
      const name = sheet.dataset.grid;
      [...e.formData.keys()].filter(k => k.startsWith(name + '.')).forEach(k => e.formData.delete(k));
      e.formData.set(name, JSON.stringify(lines(sheet).map(tr => Object.fromEntries(cells(tr)
        .map(c => [c.dataset.col, c.type === 'checkbox' ? (c.checked ? '1' : '') : c.value]).filter(([, v]) => v !== '')))));
    });
  });

  // A draft that cannot save itself says so, and what was typed stays.
  const lost = which => {
    const el = document.getElementById('lost');
    if (el) { el.hidden = !which; el.textContent = which ? el.dataset[which] : ''; }
  };
  document.addEventListener('htmx:beforeOnLoad', e => {
    if (e.detail.elt.id !== 'saver') return;
    const late = e.detail.xhr.status === 401;
    lost(late ? 'late' : '');
    if (late) e.preventDefault();
  });
  document.addEventListener('htmx:sendError', e => { if (e.detail.elt.id === 'saver') lost('off'); });
  addEventListener('online', () => { const d = document.querySelector('[data-draft]'); if (d) d.dispatchEvent(new CustomEvent('moved')); });

  on('change', '[data-all]', all => document.querySelectorAll(`input[name="${all.dataset.all}"]`).forEach(c => { c.checked = all.checked; }));
  on('click', '[data-fill]', b => {
    const to = document.getElementById(b.dataset.fill);
    to.value = (to.value.trim() ? to.value.trim() + '\n' : '') + b.textContent.trim();
    to.focus();
  });
  const checked = document.querySelector('#checked .notice');
  if (checked) checked.focus();
})();

// Applying: tick all or none without going to the server.
document.addEventListener('click', e => {
  const b = e.target instanceof Element && e.target.closest('[data-tick]');
  if (!b) return;
  e.preventDefault();
  b.closest('fieldset').querySelectorAll('input[type=checkbox]:not(:disabled)').forEach(c => { c.checked = b.dataset.tick === 'all'; });
});

// Sending a file in parts: a broken connection or a page loaded anew costs one part. What was begun is remembered by the file's
// name, size and date, and the node tells which part it wants next.
(function () {
  'use strict';
  const form = document.querySelector('form[data-upload]');
  if (!form) return;
  const file = form.elements.file, token = form.elements.csrf.value, mode = form.elements.mode.value;
  const box = form.querySelector('.sending'), bar = box.querySelector('progress'), line = box.querySelector('p');
  const send = form.querySelector('.btn.primary'), pause = form.querySelector('[data-pause]'), go = form.querySelector('[data-resume]');
  let held = false, under = false, stop = null;
  const say = (text, bad) => { line.textContent = text; line.classList.toggle('wrong', !!bad); };
  const key = f => 'mulu-upload ' + [form.dataset.entry, f.name, f.size, f.lastModified].join(' ');
  const recall = f => { try { return localStorage.getItem(key(f)); } catch { return null; } };
  const note = (f, id) => { try { id ? localStorage.setItem(key(f), id) : localStorage.removeItem(key(f)); } catch { /* then it is not remembered */ } };
  class Told extends Error {}
  async function ask(path, options = {}) {
    stop = new AbortController();
    const r = await fetch(path, { signal: stop.signal, ...options, headers: { 'X-CSRF': token, ...options.headers } });
    const said = (r.headers.get('Content-Type') || '').startsWith('application/json') ? await r.json() : {};
    if (r.ok) return said;
    if (r.status >= 500 && !said.text) throw new Error(r.status);
    throw Object.assign(new Told((said.text || r.status) + (said.mend || '')), { status: r.status });
  }
  const query = '?mode=' + encodeURIComponent(mode);
  async function open(f) {
    const id = recall(f);
    if (id) {
      try {
        const at = await ask('/loads/' + id + '/next' + query);
        if (at.state === 'receiving' || at.state === 'received') return at;
      } catch (e) {
        if (!(e instanceof Told)) throw e;
      }
    }
    const at = await ask(form.dataset.upload, { method: 'POST', body: new URLSearchParams({ csrf: token, name: f.name, size: f.size, mode }) });
    note(f, at.id);
    return at;
  }
  const shown = percent => { bar.value = percent; say(form.dataset.going.replace('{0}', percent)); };
  async function run() {
    const f = file.files[0];
    if (!f || under) return;
    under = true;
    held = false;
    box.hidden = pause.hidden = false;
    send.disabled = file.disabled = go.hidden = true;
    try {
      let at = await open(f);
      shown(Math.floor(100 * at.next * at.part / f.size));
      if (at.next > 0) say(form.dataset.resumed);
      while (at.state === 'receiving' && !held) {
        const from = at.next * at.part;
        at = await ask('/loads/' + at.id + '/parts/' + at.next + query, { method: 'PUT', body: f.slice(from, from + at.part), headers: { 'Content-Type': 'application/octet-stream' } });
        shown(Math.min(100, Math.floor(100 * at.next * at.part / f.size)));
      }
      if (at.state !== 'receiving') {
        note(f, '');
        location.assign(at.path);
        return;
      }
      say(form.dataset.paused.replace('{0}', bar.value));
    } catch (e) {
      if (held) say(form.dataset.paused.replace('{0}', bar.value));
      else say(e instanceof Told ? e.message : form.dataset.broken, true);
      if (e instanceof Told && e.status !== 409) { send.disabled = file.disabled = false; go.hidden = true; pause.hidden = true; under = false; return; }
    }
    under = false;
    pause.hidden = true;
    go.hidden = false;
    go.focus();
  }
  form.addEventListener('submit', e => { e.preventDefault(); run(); });
  pause.addEventListener('click', () => { held = true; if (stop) stop.abort(); });
  go.addEventListener('click', run);
  addEventListener('online', () => { if (!go.hidden && !held) run(); });
})();
