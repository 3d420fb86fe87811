"""Metric math, as far as it is arithmetic: numbers, ids of other queries, + - * / ^, parentheses.

Functions (SUM, FILL, SEARCH, …) and comparisons are refused by name. A moment at which an operand has no datapoint
has none in the result either (CloudWatch User Guide, "Using metric math").
"""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Final

from sagemaker_simulator.wire.errors import NotModelled

from .refusals import validation_error

Values = Mapping[int, float]
Operand = float | Values
_BINARY: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


class Expression:
    """A parsed expression."""

    def __init__(self, text: str) -> None:
        """Raises AwsError (ValidationError) for what cannot be read, NotModelled for what is more than arithmetic."""
        self.text = text
        try:
            self._tree = ast.parse(text.strip().replace("^", "**"), mode="eval").body
        except SyntaxError:
            raise validation_error(f"Error in expression '{text}': it cannot be read.") from None
        self.ids = frozenset(_ids(self._tree, text))

    def values(self, operands: Mapping[str, Values]) -> Values:
        """Return the result by moment. Raises AwsError when it is one number and no time series."""
        result = _evaluate(self._tree, operands)
        if isinstance(result, float):
            raise validation_error(f"Error in expression '{self.text}': it must use at least one metric.")
        return result


def _ids(node: ast.expr, text: str) -> set[str]:
    if isinstance(node, ast.Name):
        return {node.id}
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return set()
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return _ids(node.left, text) | _ids(node.right, text)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _ids(node.operand, text)
    raise NotModelled(f"the expression '{text}' is more than arithmetic (+ - * / ^ and parentheses on ids and numbers)")


def _evaluate(node: ast.expr, operands: Mapping[str, Values]) -> Operand:
    if isinstance(node, ast.Name):
        return operands[node.id]
    if isinstance(node, ast.BinOp):
        return _combined(_BINARY[type(node.op)], _evaluate(node.left, operands), _evaluate(node.right, operands))
    if isinstance(node, ast.UnaryOp):
        return _combined(operator.mul, -1.0, _evaluate(node.operand, operands))
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    raise TypeError(f"no expression: {ast.dump(node)}")


def _combined(function: Callable[[float, float], float], left: Operand, right: Operand) -> Operand:
    if isinstance(left, float) and isinstance(right, float):
        number = _number(function, left, right)
        return {} if number is None else number
    if isinstance(left, float):
        pairs = {at: (left, value) for at, value in right.items()} if not isinstance(right, float) else {}
    elif isinstance(right, float):
        pairs = {at: (value, right) for at, value in left.items()}
    else:
        pairs = {at: (value, right[at]) for at, value in left.items() if at in right}
    return {at: result for at, pair in pairs.items() if (result := _number(function, *pair)) is not None}


def _number(function: Callable[[float, float], float], left: float, right: float) -> float | None:
    """Return the result, None where there is none: a division by zero gives no datapoint."""
    try:
        return float(function(left, right))
    except (ZeroDivisionError, OverflowError, TypeError):
        return None
