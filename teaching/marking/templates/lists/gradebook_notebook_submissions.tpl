{%- extends 'nbgrader/gradebook_notebook_submissions.tpl' -%}

{%- block breadcrumbs -%}
<style>:is(td, th).task-score { display: none; }</style>
<ol class="breadcrumb">
  <li><a href="{{ base_url }}/formgrader/gradebook">All assignments</a></li>
  <li class="active">{{ assignment_id }}</li>
</ol>
{%- endblock -%}

{%- block table_header -%}
<tr>
  <th></th>
  <th>Handed in</th>
  <th class="text-center">Points so far</th>
  <th class="text-center">By the machine</th>
  <th class="text-center">By you</th>
  <th class="task-score"></th>
  <th class="text-center">Waits for you</th>
  <th class="text-center">Machine took points off</th>
  <th class="text-center">Flag</th>
</tr>
{%- endblock -%}
