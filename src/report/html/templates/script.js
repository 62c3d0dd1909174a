(function () {
"use strict";
var root = document.documentElement;
var keys = ["q", "severity", "owner", "data", "state"];
var counted = {
  zh: function (n, all) { return n === all ? "共 " + all + " 项" : "显示 " + n + " / " + all + " 项"; },
  en: function (n, all) { return n === all ? all + " in all" : n + " of " + all + " shown"; }
};
function one(id) { return document.getElementById(id); }
function all(selector, from) { return Array.prototype.slice.call((from || document).querySelectorAll(selector)); }
function text(element, lang) {
  var told = element.querySelector("[lang=" + lang + "]");
  return (told || element).textContent.trim();
}

// Choices of owners and data are those that the page names.
function choices(key, attribute) {
  var known = {};
  all("[" + attribute + "]").forEach(function (element) {
    known[element.getAttribute(attribute)] = element;
  });
  Object.keys(known).forEach(function (value) {
    var option = document.createElement("option");
    option.value = value;
    option.setAttribute("data-zh", text(known[value], "zh"));
    option.setAttribute("data-en", text(known[value], "en"));
    one(key).appendChild(option);
  });
}

function speak(lang) {
  root.lang = lang;
  all("[data-zh]").forEach(function (element) { element.textContent = element.getAttribute("data-" + lang); });
  all("[data-set-lang]").forEach(function (button) {
    button.setAttribute("aria-pressed", String(button.getAttribute("data-set-lang") === lang));
  });
}

// Findings, or where nothing was held against a policy the reads.
var items = all(".finding, .read");

// Words that no finding has are no choice.
["severity", "state"].forEach(function (key) {
  all("option", one(key)).forEach(function (option) {
    option.hidden = option.value !== "" && !items.some(function (item) {
      return item.getAttribute("data-" + key) === option.value;
    });
  });
});

function fits(item, wanted) {
  return ["severity", "owner", "data", "state"].every(function (key) {
    var has = (item.getAttribute("data-" + key) || "").split(" ");
    return !wanted[key] || has.indexOf(wanted[key]) >= 0;
  }) && (!wanted.q || item.textContent.toLowerCase().indexOf(wanted.q) >= 0);
}

function filter() {
  var wanted = {}, shown = 0;
  keys.forEach(function (key) { wanted[key] = one(key).value.trim(); });
  wanted.q = wanted.q.toLowerCase();
  items.forEach(function (item) {
    item.hidden = !fits(item, wanted);
    shown += item.hidden ? 0 : 1;
  });
  all(".rule").forEach(function (rule) {
    rule.hidden = all(".finding, .read", rule).every(function (item) { return item.hidden; });
  });
  all(".list tbody tr").forEach(function (row) {
    row.hidden = wanted.q !== "" && row.textContent.toLowerCase().indexOf(wanted.q) < 0;
  });
  one("shown").textContent = counted[root.lang](shown, items.length);
}

// The view is in the address after `#`, so that it can be handed on.
function keep() {
  var view = new URLSearchParams();
  view.set("lang", root.lang);
  keys.forEach(function (key) { if (one(key).value) { view.set(key, one(key).value); } });
  history.replaceState(null, "", "#" + view);
}

function restore() {
  var hash = location.hash.slice(1);
  if (hash.indexOf("=") < 0) {
    // A link to a place that the filters hide shows it.
    var target = hash && one(hash);
    if (!target) { return; }
    if (target.closest("[hidden]")) { clear(); }
    // In a row of a table the link is meant for what the row folds.
    if (target.matches("tr")) { all("td > details", target).forEach(function (details) { details.open = true; }); }
    target.scrollIntoView();
    return;
  }
  var view = new URLSearchParams(hash);
  keys.forEach(function (key) { one(key).value = view.get(key) || ""; });
  speak(view.get("lang") === "zh" || view.get("lang") === "en" ? view.get("lang") : root.lang);
  filter();
}

function clear() {
  keys.forEach(function (key) { one(key).value = ""; });
  filter();
}

choices("owner", "data-owner-name");
choices("data", "data-data-name");
all("[data-set-lang]").forEach(function (button) {
  button.addEventListener("click", function () { speak(button.getAttribute("data-set-lang")); filter(); keep(); });
});
keys.forEach(function (key) {
  one(key).addEventListener("input", function () { filter(); keep(); });
});
one("reset").addEventListener("click", function () { clear(); keep(); one("q").focus(); });
window.addEventListener("hashchange", restore);

var closed = [];
window.addEventListener("beforeprint", function () {
  closed = all("details:not([open])");
  closed.forEach(function (details) { details.open = true; });
});
window.addEventListener("afterprint", function () {
  closed.forEach(function (details) { details.open = false; });
});

all(".tools, .languages").forEach(function (element) { element.hidden = false; });
all(".of-findings").forEach(function (element) { element.hidden = all(".finding").length === 0; });
speak(root.lang);
filter();
restore();
})();
