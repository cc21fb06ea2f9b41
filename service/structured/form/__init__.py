"""An answer as a form: drawn from its schema before the first word, filled as it arrives, the same when it is whole.

`shape` is what a schema says about one place, `checks` whether a finished value fits there, `tree` the fields in their
order and which of them have changed, `form` fills them, `words` and `html` draw them, `live` fills them from a stream.
"""

from service.structured.form.form import Form, Fragment
from service.structured.form.live import LiveForm

__all__ = ["Form", "Fragment", "LiveForm"]
