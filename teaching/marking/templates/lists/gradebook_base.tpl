{#- The frame of nbgrader's lists, without the ways to what is done otherwise here: releasing, and running without walls. -#}
{%- extends 'nbgrader/base.tpl' -%}

{%- block title -%}
Written answers
{%- endblock -%}

{%- block sidebar -%}
<li role="presentation" class="active"><a href="{{ base_url }}/formgrader/gradebook">All assignments</a></li>
{%- endblock -%}
