// Runs only in browsers without JavaScript modules, so it is written in the JavaScript of 2009.
(function () {
  var line = document.getElementById("boot-line");
  if (line) {
    line.textContent = "This browser is too old for Interleave. A current Firefox, Chrome, Edge or Safari opens it.";
  }
})();
