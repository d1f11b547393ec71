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
    if (e.key !== '/' || e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input, textarea, select')) return;
    const field = document.getElementById('find');
    if (field) { e.preventDefault(); field.focus(); field.select(); }
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
      if (e.key === 'Enter' && at >= 0) { e.preventDefault(); location.assign(list[at].href); }
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
